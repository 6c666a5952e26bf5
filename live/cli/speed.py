"""The ``--speed`` option of ``live demo`` and ``live crowd``."""

import typer

from live.crowd.ramp import MAX_SPEED


def read_speed(text: str) -> float:
    """``max``, or how many times faster than life hours pass.

    Raises: typer.BadParameter for anything but ``max`` or a finite number above 0.
    """
    if text == "max":
        return MAX_SPEED
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < MAX_SPEED:
        raise typer.BadParameter("a number above 0, or max", param_hint="--speed")
    return speed
