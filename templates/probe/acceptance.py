"""What the replay of a driver comes to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Acceptance:
    """What the replay found.

    ``failed``: gate -> placement and evidence; these gates are to be left out. ``limits``: what is
    to be stated. ``largest``: largest n at which a circuit was right. ``wrong_from``: smallest n at
    which a large circuit was wrong, 0 for none; no backend may go there. ``reason``: why the driver
    as a whole is not acceptable, empty when it is.
    """

    ok: bool = False
    reason: str = ""
    failed: dict[str, str] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)
    largest: int = 0
    wrong_from: int = 0
    circuits: int = 0
