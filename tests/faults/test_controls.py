"""The checker's controls: a server with one of its guards taken out does not pass."""

from pathlib import Path

from tests.faults.scenario import run


async def test_a_server_that_sells_without_looking_does_not_pass(tmp_path: Path) -> None:
    """Neither Redis nor SQL keeps anybody from buying what is not there."""
    verdict = await run(
        1, "sqlite", tmp_path / "world", intents=3_500, faults=(), without="stock",
        settle_seconds=5,
    )  # fmt: skip
    assert any("is oversold" in fault for fault in verdict.faults)


async def test_a_server_that_forgets_its_keys_does_not_pass(tmp_path: Path) -> None:
    verdict = await run(
        1, "sqlite", tmp_path / "world", intents=300, faults=(), without="idempotency"
    )
    assert any("one key, several orders" in fault for fault in verdict.faults)
    assert any("asked for by nobody" in fault for fault in verdict.faults)


async def test_a_server_that_keeps_its_receipts_does_not_pass(tmp_path: Path) -> None:
    """What was told twice took effect twice, so Redis has units that SQL has not."""
    verdict = await run(
        1, "sqlite", tmp_path / "world", intents=600, faults=(), without="hold receipt",
        step="between release and its record", settle_seconds=10,
    )  # fmt: skip
    assert verdict.has_died_at_step
    assert any("guard says" in fault for fault in verdict.faults)
