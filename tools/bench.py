"""Runs the benchmarks one after another and prints one table: ``python -m tools.bench [NAME …]``.

A benchmark is a script in ``benchmarks/`` whose docstring says how to run it and that its last
line is a JSON object; the other scripts there are what they start.
"""

import ast
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]


def main(names: list[str]) -> int:
    """Returns the exit code: 1 where one of them failed."""
    known = benchmarks()
    if unknown := sorted(set(names) - set(known)):
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    table = Table("benchmark", "figure", "value", title="Benchmarks")
    has_failed = False
    for name in names or known:
        print(f"{name} …", file=sys.stderr, flush=True)
        started = time.monotonic()
        figures = run(name)
        if figures is None:
            has_failed = True
            figures = {"failed": True}
        figures["seconds"] = round(time.monotonic() - started)
        for index, (figure, value) in enumerate(_flat(figures)):
            table.add_row("" if index else name, figure, value)
        table.add_section()
    # No narrower than its longest line, also where the output is a file.
    console = Console()
    console.print(table, width=max(console.width, 100), markup=False)
    return int(has_failed)


def benchmarks() -> list[str]:
    found = []
    for path in sorted((ROOT / "benchmarks").glob("*.py")):
        text = ast.get_docstring(ast.parse(path.read_text())) or ""
        if f"python -m benchmarks.{path.stem}" in text and "JSON object" in text:
            found.append(path.stem)
    return found


def run(name: str) -> dict[str, object] | None:
    """What its last line says; None where it fails. What else it says goes where we say it."""
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    done = subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        return None
    try:
        last = json.loads(lines[-1])
    except ValueError:
        return None
    return last if isinstance(last, dict) else None


def _flat(figures: dict[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Figures within figures are named ``outer.inner``."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", f"{value:,}" if isinstance(value, int | float) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
