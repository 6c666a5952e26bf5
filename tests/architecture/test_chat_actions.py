"""The trail of moderation is only added to."""

import ast
from pathlib import Path

LIVE = Path(__file__).parents[2] / "live"
MODELS = ("ChatActionRow", "ACTIONS")
WRITES = ("update", "delete", "merge", "values", "on_conflict_do_update")


def test_no_statement_changes_or_deletes_of_it() -> None:
    calls = [
        f"{path.relative_to(LIVE)}:{call.lineno}"
        for path in sorted(LIVE.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and _writes(call)
    ]
    assert calls == []


def test_nothing_outside_its_feature_names_it() -> None:
    named = {
        path.parent.name
        for path in LIVE.rglob("*.py")
        if "ChatActionRow" in path.read_text(encoding="utf-8")
        or "chat_actions" in path.read_text(encoding="utf-8")
    }
    assert named == {"moderation"}


def _writes(call: ast.Call) -> bool:
    """``update(ACTIONS)``, ``ACTIONS.delete()`` and the like, however they go on."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    if name not in WRITES:
        return False
    return any(model in ast.unparse(call).split("(")[0] + _first(call) for model in MODELS)


def _first(call: ast.Call) -> str:
    return ast.unparse(call.args[0]) if call.args else ""
