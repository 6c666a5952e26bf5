"""Whether the documents still tell the truth: ``python -m tools.docs_check``, exit 1 where not.

Compared with the code: the settings of ``README.md``, the calls and codes of
``docs/protocol.md``, the metrics of ``docs/operations.md``, the tests that
``docs/checkout.md`` names. Compared with the files: every relative link of every document.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY

from live.app import http_description  # composes everything, and so registers every metric
from live.web.traffic import Traffic
from tools import settings_table

ROOT = Path(__file__).resolve().parents[1]
PROTOCOL = ROOT / "docs" / "protocol.md"
OPERATIONS = ROOT / "docs" / "operations.md"
CHECKOUT = ROOT / "docs" / "checkout.md"

_CALL = re.compile(r"`(?:(?P<method>GET|POST|PUT|PATCH|DELETE) )?(?P<path>/[\w./{}-]+)`?")
_METRIC = re.compile(r"`(live_\w+)")
_LINK = re.compile(
    r"\]\((?!\w+:)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]*))?\)|src=\"(?P<image>[^\"]+)\""
)
_TEST = re.compile(r"`(test_\w+)`")
_DEFINED = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_METHODS = ("get", "post", "put", "patch", "delete")


def main() -> int:
    described = http_description()
    settings = [settings_table.STALE] if settings_table.is_stale() else []
    wrong = [*settings, *_calls(described), *_codes(described), *_metrics(), *_tests(), *_links()]
    for line in wrong:
        print(line, file=sys.stderr)
    return int(bool(wrong))


def _calls(described: dict[str, Any]) -> Iterator[str]:
    served = {
        f"{method.upper()} {path}"
        for path, methods in described["paths"].items()
        for method in methods
        if method in _METHODS
    }
    told = set(_told_calls(PROTOCOL.read_text(encoding="utf-8")))
    yield from (f"docs/protocol.md: says nothing of {call}" for call in sorted(served - told))
    yield from (f"docs/protocol.md: there is no {call}" for call in sorted(told - served))


def _told_calls(text: str) -> Iterator[str]:
    """From the first cells of tables; a bare ``/word`` stands for the last segment before it."""
    for row in text.splitlines():
        if not row.startswith("| `"):
            continue
        method, path = "", ""
        for call in _CALL.finditer(row.split(" | ")[0]):
            if call["method"]:
                method, path = call["method"], call["path"]
            elif method:
                path = f"{path.rpartition('/')[0]}{call['path']}"
            if path:
                yield f"{method} {path}"


def _codes(described: dict[str, Any]) -> Iterator[str]:
    text = PROTOCOL.read_text(encoding="utf-8")
    for code in sorted(described["x-codes"]):
        if f"`{code}`" not in text:
            yield f"docs/protocol.md: says nothing of the code {code}"


def _metrics() -> Iterator[str]:
    registered = {metric.name for metric in [*REGISTRY.collect(), *Traffic().collect()]}
    registered = {name for name in registered if name.startswith("live_")}
    told = {
        name.removesuffix("_total")
        for name in _METRIC.findall(OPERATIONS.read_text(encoding="utf-8"))
    }
    yield from (f"docs/operations.md: says nothing of {name}" for name in registered - told)
    yield from (f"docs/operations.md: there is no {name}" for name in told - registered)


def _tests() -> Iterator[str]:
    defined: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        defined.update(_DEFINED.findall(path.read_text(encoding="utf-8")))
    told = _TEST.findall(CHECKOUT.read_text(encoding="utf-8"))
    yield from (f"docs/checkout.md: there is no {name}" for name in told if name not in defined)


def _links() -> Iterator[str]:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("*/*.md"), *ROOT.glob("docs/**/*.md")]
    for document in sorted({path for path in documents if ".venv" not in path.parts}):
        for link in _LINK.finditer(document.read_text(encoding="utf-8")):
            path = link["path"] or link["image"] or ""
            target = document.parent / path if path else document
            name = document.relative_to(ROOT)
            if not target.exists():
                yield f"{name}: {path} is not there"
            elif link["anchor"] and link["anchor"] not in _anchors(target):
                yield f"{name}: {path}#{link['anchor']} is not there"


def _anchors(document: Path) -> set[str]:
    """Of a document's headings, as GitHub names them."""
    headings = _HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


if __name__ == "__main__":
    sys.exit(main())
