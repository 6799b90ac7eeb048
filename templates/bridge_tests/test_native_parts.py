"""Complex numbers whose parts are given apart, as JSON needs it: the bridge reads what the probe reads."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from host.backends._bridge import WrongResult
from host.backends._bridge.results import checked_state

sys.path.append(str(Path(__file__).resolve().parent.parent / "probe"))
PROBE = importlib.import_module("decode")

STATE = np.array([0.5, 0.5j, -0.5, (1 - 1j) / np.sqrt(8)])
REAL, IMAG = STATE.real.tolist(), STATE.imag.tolist()


@pytest.mark.parametrize(
    "raw",
    [
        {"re": REAL, "im": IMAG},
        {"real": STATE.real, "imag": STATE.imag},
        {"imaginary": IMAG, "real": REAL},
        [REAL, IMAG],
        np.array([REAL, IMAG]),
        [{"re": one.real, "im": one.imag} for one in STATE],
        {
            format(index, "02b"): {"real": one.real, "imag": one.imag}
            for index, one in enumerate(STATE)
        },
    ],
)
def test_parts_of_amplitudes_are_put_together(raw: Any) -> None:
    np.testing.assert_allclose(checked_state(raw, 2), STATE, atol=1e-12)
    np.testing.assert_allclose(PROBE.decode_as(raw, 2, "state"), STATE, atol=1e-12)


@pytest.mark.parametrize("raw", [{"re": REAL, "im": IMAG[:3]}, {"re": REAL, "im": "none"}])
def test_parts_of_unequal_length_are_refused(raw: Any) -> None:
    with pytest.raises(WrongResult, match="part of the simulator's state"):
        checked_state(raw, 2)
    assert PROBE.decode(raw, 2) == []
