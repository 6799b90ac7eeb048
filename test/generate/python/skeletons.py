"""Compares files with constants blanked. In: [{"path", "hostile", "benign"}]. Out: paths that differ, with the reason.

Files are parsed as bytes, as an import reads them: a coding cookie counts.
"""

import ast
import io
import json
import sys
import tokenize


def skeleton(source: str) -> str:
    """The syntax tree without the values of its constants."""
    tree = ast.parse(source.encode())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = type(node.value).__name__
        if isinstance(node, ast.JoinedStr):
            node.values = [part for part in node.values if not isinstance(part, ast.Constant)]
    return ast.dump(tree)


def comments(source: str) -> list[str]:
    """All comments, in order."""
    tokens = tokenize.tokenize(io.BytesIO(source.encode()).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


differing = []
for case in json.load(sys.stdin):
    try:
        if skeleton(case["hostile"]) != skeleton(case["benign"]):
            differing.append([case["path"], "another syntax tree"])
        elif comments(case["hostile"]) != comments(case["benign"]):
            differing.append([case["path"], "other comments"])
        compile(case["hostile"].encode(), case["path"], "exec")
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        differing.append([case["path"], repr(error)])
json.dump(differing, sys.stdout)
