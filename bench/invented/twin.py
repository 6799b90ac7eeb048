"""A twin of a wheel: the same program under random distribution, module, class, function and method names.

    python twin.py WHEEL SEED

Prints JSON: ``{"name", "version", "requires", "files": {path: text}, "renamed": N, "kept": [gate names]}``.

What the package itself defines is renamed everywhere it occurs: in code, in strings that are names, in f-strings,
in the README. Kept are, because a program cannot do without them: names of parameters and variables, names that
numpy, the standard library or Python's own types have as well (a token does not tell whose `append` it is), and names
with two underscores. And because a physicist would keep them: names of gates. A gate's name is evidence that a person
would have too; everything else in the twin has to be found by what it does.
"""

from __future__ import annotations

import ast
import builtins
import io
import json
import random
import re
import sys
import tokenize
import zipfile
from email import message_from_string
from pathlib import PurePosixPath

import numpy as np

sys.path.insert(0, str(__file__).rsplit("/bench/", 1)[0] + "/templates/probe")
from vocabulary import hypothesis

SYLLABLES = re.findall(
    r"\w+", "ba dor fel gim hul jas kev lop mun nar pil quo ras tep vin wox yel zum"
)
TYPES = (
    list,
    dict,
    str,
    set,
    tuple,
    int,
    float,
    complex,
    bytes,
    bytearray,
    Exception,
    type,
    object,
    np.ndarray,
    np.random,
)
FOREIGN = frozenset(
    {
        name
        for one in (*TYPES, np, np.linalg, builtins, random, random.Random, np.random.Generator)
        for name in dir(one)
    }
)


def is_kept(name: str) -> bool:
    """Whether a name stays: somebody else's, special, or a gate's."""
    return (
        name.startswith("__")
        or name in FOREIGN
        or name in sys.stdlib_module_names
        or hypothesis(name) is not None
    )


def defined(trees: list[ast.Module]) -> set[str]:
    """Names of the classes, functions and methods."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, kinds)}


def imported(trees: list[ast.Module], own: set[str]) -> set[str]:
    """Names that come from other distributions."""
    found: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            found |= {
                part
                for alias in node.names
                for part in alias.name.split(".")
                if alias.name.split(".")[0] not in own
            }
        elif (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and (node.module or "").split(".")[0] not in own
        ):
            found |= {alias.name for alias in node.names} | set((node.module or "").split("."))
    return found


def word_like(name: str, rng: random.Random, used: set[str]) -> str:
    """A word that says nothing, written as the name is: leading underscores, capitals."""
    while True:
        word = "".join(rng.choice(SYLLABLES) for _ in range(3))
        if word not in used:
            used.add(word)
            lead = name[: len(name) - len(name.lstrip("_"))]
            return lead + (word.capitalize() if name.lstrip("_")[:1].isupper() else word)


def in_code(source: str, names: dict[str, str]) -> str:
    """The source with its names replaced; the layout of the lines stays."""
    lines = source.splitlines(keepends=True)
    changes: list[tuple[int, int, int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        new = token.string
        if token.type == tokenize.NAME:
            new = names.get(token.string, token.string)
        elif token.type == tokenize.STRING and token.start[0] == token.end[0]:
            new = in_string(token.string, names)
        if new != token.string:
            changes.append((token.start[0] - 1, token.start[1], token.end[1], new))
    for line, start, end, new in reversed(changes):
        lines[line] = lines[line][:start] + new + lines[line][end:]
    return "".join(lines)


def in_string(literal: str, names: dict[str, str]) -> str:
    """A string that is a (dotted) name, or the braces of an f-string."""
    prefix, body = re.match(r"([a-zA-Z]*)(.*)", literal, re.S).groups()  # type: ignore[union-attr]
    if "f" in prefix.lower():
        return prefix + re.sub(r"\{[^{}]*\}", lambda part: in_text(part.group(), names), body)
    inner = body.strip("\"'")
    return (
        prefix + body.replace(inner, in_text(inner, names))
        if re.fullmatch(r"[\w.]+", inner)
        else literal
    )


def in_text(text: str, names: dict[str, str]) -> str:
    """Prose and examples: whole words."""
    return re.sub(r"[A-Za-z_]\w*", lambda word: names.get(word.group(), word.group()), text)


def twin(path: str, seed: int) -> dict[str, object]:
    """Read a wheel of pure Python and rename what it defines."""
    rng = random.Random(seed)
    with zipfile.ZipFile(path) as archive:
        texts = {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith((".py", "METADATA"))
        }
    metadata = message_from_string(
        next(text for name, text in texts.items() if name.endswith("METADATA"))
    )
    code = {name: text for name, text in texts.items() if name.endswith(".py")}
    trees = [ast.parse(text) for text in code.values()]
    modules = {
        part
        for name in code
        for part in PurePosixPath(name).with_suffix("").parts
        if part != "__init__"
    }
    foreign = imported(trees, modules)
    used: set[str] = set()
    mine = sorted(modules | defined(trees))
    names = {
        name: word_like(name, rng, used)
        for name in mine
        if not is_kept(name) and name not in foreign
    }
    files = {
        "/".join(names.get(part, part) for part in PurePosixPath(name).with_suffix("").parts)
        + ".py": in_code(text, names)
        for name, text in code.items()
    }
    distribution = word_like("twin", rng, used)
    spellings = {
        spelling: distribution
        for spelling in (metadata["Name"], metadata["Name"].replace("-", "_"))
    }
    readme = in_text(
        str(metadata.get_payload()),
        {**names, **{k: v for k, v in spellings.items() if k.isidentifier() and k not in names}},
    )
    return {
        "name": distribution,
        "version": metadata["Version"],
        "requires": [line for line in metadata.get_all("Requires-Dist", []) if "extra" not in line],
        "files": files,
        "readme": readme.replace(metadata["Name"], distribution),
        "renamed": len(names),
        "kept": sorted(name for name in mine if hypothesis(name) is not None),
    }


if __name__ == "__main__":
    print(json.dumps(twin(sys.argv[1], int(sys.argv[2]))))
