"""Asks that are answered together, group by group."""

from collections.abc import Sequence

from live.storage.answers import answer_in_groups


def test_answers_come_in_the_order_of_the_asks() -> None:
    groups: list[str] = []

    def answer(group: str, some: Sequence[str]) -> list[str]:
        groups.append(group)
        return [f"{one}!" for one in some]

    assert answer_in_groups(["b1", "a1", "b2", "a2"], lambda ask: ask[0], answer) == [
        "b1!", "a1!", "b2!", "a2!",
    ]  # fmt: skip
    assert groups == ["a", "b"], "each once, in sorted order: so locks are taken"


def test_nobody_asked() -> None:
    assert answer_in_groups([], str, lambda _, some: some) == []
