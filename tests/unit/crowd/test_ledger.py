"""Claims about the crowd's books: what was told is kept, and nothing is guessed."""

from pathlib import Path

from live.crowd.ledger import RESERVED, STARTED, UNKNOWN, Entry, Ledger, load


def opened(ledger: Ledger, key: str) -> Entry:
    return ledger.open(key, 7, "off_1", 1, 1990)


def test_an_order_is_unknown_until_somebody_is_told() -> None:
    ledger = Ledger()
    entry = opened(ledger, "k1")
    assert (entry.answer, entry.is_accepted) == (UNKNOWN, False)
    assert ledger.unresolved == [entry]
    entry.accept("ord_1", 1990, "reserved")
    assert (entry.answer, ledger.unresolved) == (RESERVED, [])
    entry.payment = UNKNOWN
    assert ledger.unresolved == [entry]


def test_a_second_order_for_one_key_is_kept_as_evidence() -> None:
    entry = opened(Ledger(), "k1")
    entry.accept("ord_1", 1990, "reserved")
    entry.accept("ord_1", 1990, "paid")
    assert (entry.status, entry.other_ids) == ("paid", [])
    entry.accept("ord_2", 1990, "reserved")
    assert (entry.order_id, entry.status, entry.other_ids) == ("ord_1", "paid", ["ord_2"])


def test_a_notice_reaches_its_own_order_only() -> None:
    ledger = Ledger()
    entry = opened(ledger, "k1")
    entry.accept("ord_1", 1990, "reserved")
    ledger.index(entry)
    assert not ledger.hear("ord_of_somebody_else", "paid")
    assert not entry.is_told_paid
    assert ledger.hear("ord_1", "paid")
    assert entry.is_told_paid


def test_the_books_of_several_processes_are_read_as_one(tmp_path: Path) -> None:
    paths = []
    for number in (1, 2):
        ledger = Ledger()
        entry = opened(ledger, f"k{number}")
        entry.accept(f"ord_{number}", 1990, "reserved")
        entry.payment = STARTED
        paths.append(tmp_path / str(number))
        ledger.save(paths[-1])
    entries = load(paths)
    assert [(e.key, e.order_id, e.payment) for e in entries] == [
        ("k1", "ord_1", STARTED),
        ("k2", "ord_2", STARTED),
    ]
