"""Gate tables of text, availability, and the names that generated adapters use."""

from __future__ import annotations

import pytest
from host.backends import _bridge
from host.backends._bridge import lines
from host.backends._bridge.availability import installed_version, missing_modules
from host.backends._bridge.text import decimal


def test_lines_are_filled_with_parameters_then_qubits() -> None:
    table = lines(
        {
            "h": "h q[{q0}];",
            "cx": "cnot q[{q1}], q[{q0}];",
            "rx": "rx({p0}) q[{q0}];",
            "u3": "U({p2}, {p0}, {p1}) {{q[{q0}]}};",
        }
    )
    assert table["h"](3) == "h q[3];"
    assert table["cx"](0, 2) == "cnot q[2], q[0];"
    assert table["rx"](0.1, 1) == "rx(0.1) q[1];"
    assert table["u3"](1.0, 2.0, 3.0, 4) == "U(3.0, 1.0, 2.0) {q[4]};"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (1, "1.0"),
        (-2.5, "-2.5"),
        (1e-7, "0.00000010000000000000"),
        (3e-5, "0.00003000000000000000"),
    ],
)
def test_decimals_have_no_exponent(value: float, text: str) -> None:
    assert decimal(value) == text
    assert float(decimal(value)) == pytest.approx(value, abs=1e-20)


def test_an_unknown_field_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        lines({"h": "h {q1}"})


def test_modules_are_found_without_being_imported() -> None:
    assert missing_modules(["json", "json.decoder", "no_such_module", "no_such_module.inner"]) == [
        "no_such_module",
        "no_such_module.inner",
    ]
    assert installed_version("numpy")
    assert installed_version("no-such-distribution") is None


def test_public_names() -> None:
    for name in _bridge.__all__:
        assert hasattr(_bridge, name)
    assert {"BridgeAdapter", "Program", "lines", "to_little_endian", "read"} <= set(_bridge.__all__)
