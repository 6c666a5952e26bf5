"""A draw follows from what is published, and from nothing else."""

from hashlib import sha256
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from live.draws import commitment_of, first_drawn, in_drawn_order, new_seed
from live.giveaways.draw import (
    entries_digest,
    entries_text,
    entry_id_for,
    entry_score,
    winning_entries,
)

# The example of docs/protocol.md.
PROTOCOL = Path(__file__).parents[3] / "docs" / "protocol.md"
SEED = "0f" * 32
ENTRIES = ["ent_c3", "ent_a1", "ent_b2"]


def test_the_worked_example() -> None:
    assert commitment_of(SEED) == sha256(SEED.encode()).hexdigest()
    assert entries_text(ENTRIES) == b"ent_a1\nent_b2\nent_c3\n"
    digest = sha256(b"ent_a1\nent_b2\nent_c3\n").hexdigest()
    assert entries_digest(ENTRIES) == digest
    scores = {e: sha256(f"{SEED} {digest} {e}".encode()).hexdigest() for e in ENTRIES}
    assert scores == {e: entry_score(SEED, digest, e) for e in ENTRIES}
    assert winning_entries(SEED, ENTRIES, 2) == ["ent_a1", "ent_b2"]
    told = PROTOCOL.read_text(encoding="utf-8")
    for value in (commitment_of(SEED), digest, *scores.values()):
        assert value in told


@given(st.sets(st.text("0123456789abcdef", min_size=1, max_size=8)), st.integers(1, 10))
def test_the_order_of_arrival_changes_nothing(entries: set[str], count: int) -> None:
    drawn = winning_entries(SEED, sorted(entries), count)
    assert drawn == winning_entries(SEED, sorted(entries, reverse=True), count)
    assert len(drawn) == len(set(drawn)) == min(count, len(entries))
    assert set(drawn) <= entries


@given(st.sets(st.integers(0, 1000)), st.integers(0, 20))
def test_the_first_are_the_first_of_the_whole_order(numbers: set[int], count: int) -> None:
    names = [f"n{number}" for number in numbers]
    assert first_drawn(names, len, count) == in_drawn_order(names, len)[:count]


def test_everybody_is_as_likely() -> None:
    entries = [f"ent_{number}" for number in range(5)]
    wins = dict.fromkeys(entries, 0)
    for number in range(2_000):
        wins[winning_entries(f"seed-{number}", entries, 1)[0]] += 1
    assert all(330 < count < 470 for count in wins.values()), wins  # 400 ± 4 σ


def test_one_more_entry_draws_anew() -> None:
    """So that who knows the seed cannot tell who wins before the last has entered."""
    entries = [f"ent_{number}" for number in range(50)]
    before = winning_entries(SEED, entries, 50)
    after = [entry for entry in winning_entries(SEED, [*entries, "ent_x"], 51) if entry != "ent_x"]
    assert before != after


def test_an_entry_id_is_one_persons_in_one_giveaway() -> None:
    one = entry_id_for("gvw_1", "acc_1")
    assert one == entry_id_for("gvw_1", "acc_1")
    assert len({one, entry_id_for("gvw_1", "acc_2"), entry_id_for("gvw_2", "acc_1")}) == 3
    assert "acc" not in one


def test_seeds_are_long_and_never_the_same() -> None:
    assert len({new_seed() for _ in range(100)}) == 100
    assert len(new_seed()) == 64
    assert len(entry_score(SEED, "d", "e")) == 64
