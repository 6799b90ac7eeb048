"""The order in which gates are searched."""

from vocabulary import SHAPES, search_order


def test_without_amplitudes_constants_come_before_rotations_and_all_gates_come():
    plain, counted = search_order(True), search_order(False)
    assert plain == list(SHAPES.items())
    assert sorted(counted) == sorted(plain)
    names = [gate for gate, _ in counted]
    assert max(map(names.index, ("s", "t", "sdg", "tdg", "sx"))) < min(
        map(names.index, ("rx", "rz", "p", "u3"))
    )
    assert max(map(names.index, ("rx", "rz", "p", "u3"))) < names.index("cx")
