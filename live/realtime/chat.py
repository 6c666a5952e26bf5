"""What a chat message may look like once it reaches the screens. Pure."""

import unicodedata

# Not control characters by category, but they turn the text around or hide in it. The joiner
# that holds emoji together (U+200D) stays.
_UNWANTED = frozenset(
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_COMBINING_MAX = 4  # marks on one letter; more is a tower that covers other people's lines


def clean_text(text: str) -> str:
    """One line without control characters, its white space collapsed and trimmed."""
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _COMBINING_MAX:
            continue
        is_unwanted = char in _UNWANTED or category in ("Cc", "Cs", "Co", "Cn")
        kept.append(" " if is_unwanted else char)
    return " ".join("".join(kept).split())
