"""Autobahn's cases 6.5 to 6.23: byte sequences after Markus Kuhn's test of UTF-8 decoders."""

from collections.abc import Iterator

GREEK = bytes.fromhex("cebae1bdb9cf83cebcceb5")  # κόσμε, its omicron of three bytes
_INCOMPLETE = [
    "c0", "e080", "f08080", "f8808080", "fc80808080",
    "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf",
]  # fmt: skip


def _sequences() -> Iterator[list[bytes]]:
    """A list for each of 6.5, 6.6 and so on."""
    yield [f"hello{middle}world".encode() for middle in "$¢€𤭢"] + [GREEK]
    yield [GREEK[:length] for length in range(1, len(GREEK) + 1)]
    yield _bytes("00", "c280", "e0a080", "f0908080")  # the first of each length
    yield _bytes("f888808080", "fc8480808080")
    yield _bytes("7f", "dfbf", "efbfbf", "f48fbfbf")  # the last of each length
    yield _bytes("f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf")
    yield _bytes("ed9fbf", "ee8080", "efbfbd", "f48fbfbf", "f4908080")
    yield [b"\x80", b"\xbf", *(b"\x80\xbf\x80\xbf\x80\xbf"[:n] for n in range(2, 7)), _continuing()]
    yield [
        _lonely(*bounds)
        for bounds in ((0xC0, 0xDF), (0xE0, 0xEF), (0xF0, 0xF7), (0xF8, 0xFB), (0xFC, 0xFD))
    ]
    yield _bytes(*_INCOMPLETE)
    yield _bytes("".join(_INCOMPLETE))
    yield _bytes("fe", "ff", "fefeffff")
    yield _bytes("c0af", "e080af", "f08080af", "f8808080af", "fc80808080af")  # overlong
    yield _bytes("c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf")
    yield _bytes("c080", "e08080", "f0808080", "f880808080", "fc8080808080")
    yield _bytes("eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf")  # surrogates
    yield _bytes(
        *(a + b for a in ("eda080", "edadbf", "edae80", "edafbf") for b in ("edb080", "edbfbf"))
    )
    yield [chr(plane << 16 | low).encode() for plane in range(17) for low in (0xFFFE, 0xFFFF)]
    yield [chr(code).encode() for code in range(0xFFF9, 0x10000)]  # "specials"


def _bytes(*texts: str) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def _continuing() -> bytes:
    return bytes(range(0x80, 0xBF))


def _lonely(first: int, last: int) -> bytes:
    """Bytes that begin a sequence, each before a space."""
    return b"".join(bytes([start]) + b" " for start in range(first, last))


UTF8_CASES = [
    (f"6.{group}.{place}", payload)
    for group, payloads in enumerate(_sequences(), 5)
    for place, payload in enumerate(payloads, 1)
]
# Told apart by number, and not by the decoder under test.
VALID = {
    *(number for number, _ in UTF8_CASES if number.split(".")[1] in ("5", "7", "9", "22", "23")),
    *(f"6.6.{length}" for length in (2, 5, 7, 9, 11)),
    *(f"6.11.{place}" for place in range(1, 5)),
}
