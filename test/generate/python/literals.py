"""Reads literals as Python does. In: [{"literal", "format"}]. Out: [{"value", "kind", "format"}]."""

import ast
import json
import sys

answers = []
for case in json.load(sys.stdin):
    value = ast.literal_eval(case["literal"])
    (statement,) = ast.parse(case["format"].encode()).body
    parts = statement.value.values if isinstance(statement.value, ast.JoinedStr) else [statement.value]
    text = "".join(part.value for part in parts)
    answers.append({"value": value, "kind": type(value).__name__, "format": text})
json.dump(answers, sys.stdout)
