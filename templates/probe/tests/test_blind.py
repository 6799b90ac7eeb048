"""Which names are tried where no name says anything."""

import numpy as np
import pytest
from probing import PACKAGES, request

import blind
from bench import Bench, Trials
from catalog import build


@pytest.fixture
def wordless(monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGES))
    import wordless  # noqa: F401

    return build(request("wordless"))


def names(catalog, circuit):
    bench = Bench(catalog, [], 2, Trials())
    bench.live.variables["circuit"] = circuit
    return blind.names(bench)


def test_methods_of_the_package_s_own_objects(wordless):
    import wordless as package

    assert {"abzu", "belk", "dorp"} <= set(names(wordless, package.Morlan(2)))


def test_lists_and_arrays_have_no_gates_of_the_package(wordless):
    for circuit in ([], np.zeros(4), {}):
        assert not {"sort", "argpartition", "popitem"} & set(names(wordless, circuit))
