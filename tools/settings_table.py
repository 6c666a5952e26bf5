"""Writes the table of settings in ``README.md`` from ``live/config.py``.

``python -m tools.settings_table`` rewrites what stands between the two markers; ``--check``
changes nothing, and exits 1 where the table is stale.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from live.config import Settings

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- settings: begin (python -m tools.settings_table) -->"
END = "<!-- settings: end -->"
STALE = "README.md: stale settings; run: python -m tools.settings_table"

_BLOCK = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
# A comment on a line of its own opens a group; what follows are its fields.
_LINE = re.compile(r"^    (?:# (?P<group>.+)|(?P<field>[a-z0-9_]+): .+)$", re.MULTILINE)


def block() -> str:
    """The table, markers included."""
    lines = [BEGIN, "| variable | default | meaning |", "|---|---|---|", *_rows(), END]
    return "\n".join(lines)


def _rows() -> Iterator[str]:
    prefix = Settings.model_config["env_prefix"]
    for line in _LINE.finditer(inspect.getsource(Settings)):
        if line["group"]:
            yield f"| **{line['group']}** | | |"
        elif (field := Settings.model_fields.get(line["field"])) is not None:
            name = f"{prefix}{line['field'].upper()}"
            meaning = (field.description or "").replace("|", "\\|")
            yield f"| `{name}` | {_shown(field.default)} | {meaning} |"


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
