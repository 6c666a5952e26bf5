"""Finds words that must not be said, however they are written. Pure.

Words and messages are compared in one plain spelling: compatibility forms folded (full-width
letters, circled digits), case folded, marks taken off, and everything that is neither letter nor
digit left out. So ``Ｗ e-i*Ｘin`` is ``weixin``. Characters of one word in two scripts
(traditional and simplified) are two words: the list has to name both.
"""

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick


class Plain(NamedTuple):
    """A text in its plain spelling.

    Args:
        starts, ends: of each character, whether a letter or digit stood right before or after it.
            A word of Latin letters is found as whole words only: ``class hit`` has no ``shit``.
    """

    text: str
    starts: list[bool]
    ends: list[bool]


def plain(text: str) -> Plain:
    """The plain spelling of a text, and where its words begin and end."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept: list[str] = []
    starts: list[bool] = []
    ends: list[bool] = []
    is_apart = True
    for char in folded:
        kind = unicodedata.category(char)[0]
        if kind == "M":
            continue
        if kind not in "LN":
            is_apart = True
            if ends:
                ends[-1] = True
            continue
        kept.append(char)
        starts.append(is_apart)
        ends.append(False)
        is_apart = False
    if ends:
        ends[-1] = True
    return Plain("".join(kept), starts, ends)


class WordFilter:
    """Any of many words, found in one pass.

    Args:
        words: those without a letter or digit are passed over.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = list(dict.fromkeys(word for each in words if (word := plain(each).text)))
        self._automaton = AhoCorasick(self._words) if self._words else None

    def __len__(self) -> int:
        return len(self._words)

    def finds(self, text: str) -> bool:
        """Whether the text has one of the words."""
        if self._automaton is None:
            return False
        spelled = plain(text)
        found = self._automaton.find_matches_as_indexes(spelled.text, overlapping=True)
        return any(
            not self._words[word].isascii() or (spelled.starts[start] and spelled.ends[end - 1])
            for word, start, end in found
        )
