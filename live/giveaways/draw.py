"""Who wins, as pure functions; docs/protocol.md says the same for whoever computes it again.

The score is of the seed, of the digest of all entries and of the entry. Since the digest is in it,
even who has seen the seed cannot tell who would win as long as anybody can still enter.
"""

from collections.abc import Iterable
from functools import partial
from hashlib import sha256

from live.draws import first_drawn

_ID_HEX_DIGITS = 32  # 128 bits


def entry_id_for(giveaway_id: str, account_id: str) -> str:
    """The one id of this person's entry. Nobody chooses it, and it tells nobody who they are."""
    digest = sha256(f"{giveaway_id} {account_id}".encode()).hexdigest()
    return f"ent_{digest[:_ID_HEX_DIGITS]}"


def entries_text(entry_ids: Iterable[str]) -> bytes:
    """All entries as they are published: ascending, one a line."""
    return "".join(f"{entry_id}\n" for entry_id in sorted(entry_ids)).encode()


def entries_digest(entry_ids: Iterable[str]) -> str:
    """The SHA-256 of ``entries_text``."""
    return sha256(entries_text(entry_ids)).hexdigest()


def entry_score(seed: str, digest: str, entry_id: str) -> str:
    """The lowest wins: 64 hexadecimal digits."""
    return sha256(f"{seed} {digest} {entry_id}".encode()).hexdigest()


def winning_entries(seed: str, entry_ids: Iterable[str], count: int) -> list[str]:
    """The winners in order, the first place first; all of them where there are no more."""
    known = list(entry_ids)
    return first_drawn(known, partial(entry_score, seed, entries_digest(known)), count)
