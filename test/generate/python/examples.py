"""Reads OpenQASM texts with the bridge: the number of qubits and of operations of each."""

import importlib
import json
import sys
from types import ModuleType

given = json.load(sys.stdin)
# The package without its `__init__`, which needs a host: reading does not.
package = ModuleType("bridge")
package.__path__ = [f"{given['templates']}/bridge"]
sys.modules["bridge"] = package
read = importlib.import_module("bridge.read_qasm").read_qasm
programs = [read(text, {}) for text in given["texts"]]
print(json.dumps([[one.qubits, len(one.operations)] for one in programs]))
