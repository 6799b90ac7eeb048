"""The inventor's packages do what the inventor believes: otherwise they would judge nothing."""

import sys

import numpy as np
import pytest
from invented.axes import RECEIVERS, axis_names, draw
from invented.package import invent, write
from invented.physics import GATES, unitary
from invented.replay import check_invention

from reference import unitary as reference

SEEDS = range(40)


def test_an_invention_is_right_by_its_own_api(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    problems = {}
    for seed in SEEDS:
        invented = invent(draw(seed))
        write(invented, tmp_path)
        problems[seed] = check_invention(invented, circuits=1)
    assert {seed: found for seed, found in problems.items() if found} == {}


def test_the_same_seed_is_the_same_package():
    assert invent(draw(3)).files == invent(draw(3)).files
    assert invent(draw(3)).files != invent(draw(4)).files


def test_seeds_reach_every_receiver_and_differ_on_every_axis():
    drawn = [draw(seed) for seed in range(200)]
    assert {axes.receiver for axes in drawn} == set(RECEIVERS)
    for name in axis_names():
        assert len({getattr(axes, name) for axes in drawn}) > 1, name


@pytest.mark.parametrize("gate", GATES)
def test_two_references_agree(gate):
    angles = (1.1, 0.7, 2.3)[: GATES[gate].angles]
    assert np.allclose(unitary(gate, angles), reference(gate, angles), atol=1e-12)
