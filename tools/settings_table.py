"""Writes the table of settings in ``README.md`` from ``live/config/``.

``python -m tools.settings_table`` rewrites what stands between the two markers; ``--check``
changes nothing, and exits 1 where the table is stale.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_settings import BaseSettings

from live.config import Settings

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- settings: begin (python -m tools.settings_table) -->"
END = "<!-- settings: end -->"
STALE = "README.md: stale settings; run: python -m tools.settings_table"

_BLOCK = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)


def block() -> str:
    """The table, markers included."""
    lines = [BEGIN, "| variable | default | meaning |", "|---|---|---|", *_rows(), END]
    return "\n".join(lines)


def _rows() -> Iterator[str]:
    prefix = Settings.model_config["env_prefix"]
    for group in Settings.__bases__:
        if not issubclass(group, BaseModel) or group is BaseSettings:
            continue
        yield f"| **{group.__doc__}** | | |"
        for name, field in group.model_fields.items():
            meaning = (field.description or "").replace("|", "\\|")
            yield f"| `{prefix}{name.upper()}` | {_shown(field.default)} | {meaning} |"


def _shown(default: Any) -> str:
    """As it would be written into the environment; nothing for what is unset or empty."""
    match default:
        case None | "":
            return ""
        case bool():
            return f"`{int(default)}`"
        case float():
            return f"`{default:g}`"
        case _:
            return f"`{default}`"


def is_stale() -> bool:
    """Whether the README says something else. Raises: SystemExit where it has no such block."""
    return _written(before := _read()) != before


def _read() -> str:
    return README.read_text(encoding="utf-8")


def _written(before: str) -> str:
    after, count = _BLOCK.subn(lambda _: block(), before)
    if count != 1:
        sys.exit(f"{README.name}: there must be one block from {BEGIN!r} to {END!r}")
    return after


def main(arguments: list[str]) -> None:
    match arguments:
        case []:
            README.write_text(_written(_read()), encoding="utf-8")
        case ["--check"]:
            if is_stale():
                sys.exit(STALE)
        case _:
            sys.exit("usage: python -m tools.settings_table [--check]")


if __name__ == "__main__":
    main(sys.argv[1:])
