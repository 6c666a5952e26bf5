"""The cases of Autobahn's fuzzing client, restated for a server that answers instead of echoing.

Autobahn|Testsuite expects an echo. Here a text is ``{"type": "echo", "ref": …}``, a message type
that there is not: the room answers with a problem that carries the ``ref``, so what was decoded
comes back. What is no such JSON is answered ``malformed``, a binary message
``binary_not_supported``, and the connection lives.

Restated with another outcome than an echo:

- Messages beyond ``LIVE_FRAME_BYTES_MAX`` (1.1.6-8, 1.2.6-8, 7.1.6, 9.1-9.6, 10.1.1): 1009. Of
  those of up to 16 MiB only the first 64 KiB are sent: the refusal must not wait for more.
- 9.7 and 9.8, a thousand round trips: a hundred, since there is a limit of frames a second.
- 6.4.1-4, failing fast: the message is refused when it is whole. It has at most
  ``LIVE_FRAME_BYTES_MAX`` bytes; RFC 6455 sets no earlier time, and Autobahn calls it non-strict.
- 7.13.1-2, codes beyond 4999, of which Autobahn asks nothing: 1002.

Left out:

- 7.2, 7.4, 7.6, 7.8, 7.10-7.12, 9.9, 9.10: Autobahn itself has no such cases.
- 12 and 13, compression: the server agrees to no extension, which test_autobahn.py holds;
  compressed messages are then such with a reserved bit (3.1).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.integration.realtime.autobahn_utf8 import GREEK, UTF8_CASES, VALID
from tests.support.raw_websocket import (
    Op,
    chopped,
    close,
    cont,
    fragmented,
    frame,
    ping,
    pong,
    text,
)

FRAME_BYTES_MAX = 8 * 1024
SENT_BYTES_MAX = 64 * 1024

MALFORMED = "malformed"
BINARY = "binary_not_supported"
NORMAL, PROTOCOL, NOT_UTF8, TOO_BIG = 1000, 1002, 1007, 1009


@dataclass(frozen=True)
class Case:
    """One case.

    Args:
        number: Autobahn's.
        sent: the writes, one after the other.
        answers: what comes back, in this order: ``ref …``, ``pong …`` (hex), or a problem's code.
        code: with which the server closes; None where the connection lives.
    """

    number: str
    sent: Sequence[bytes]
    answers: Sequence[str] = ()
    code: int | None = None


def said(ref: bytes | str) -> bytes:
    """A text that comes back."""
    encoded = ref.encode() if isinstance(ref, str) else ref
    return b'{"type":"echo","ref":"' + encoded + b'"}'


def heard(ref: bytes | str) -> str:
    return f"ref {ref if isinstance(ref, str) else ref.decode()}"


def ponged(payload: bytes) -> str:
    return f"pong {payload.hex()}"


HELLO = text(said("hello"))
PINGS = [f"payload-{place}".encode() for place in range(10)]


def framing() -> Iterator[Case]:
    lengths = (0, 125, 126, 127, 128, 65_535, 65_536, 65_536)
    for place, length in enumerate(lengths, 1):
        padded = said("1").ljust(length) if length else b""
        answers, code = ([heard("1") if length else MALFORMED], None)
        binary = [BINARY]
        if length > FRAME_BYTES_MAX:
            answers, binary, code = [], [], TOO_BIG
        size = 997 if place == 8 else length + 14
        yield Case(f"1.1.{place}", chopped(text(padded), size), answers, code)
        whole = frame(Op.BINARY, b"\xfe" * length)
        yield Case(f"1.2.{place}", chopped(whole, size), binary, code)


def pings() -> Iterator[Case]:
    binary, long = b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", b"\xfe" * 125
    all_pings, all_pongs = [ping(p) for p in PINGS], [ponged(p) for p in PINGS]
    yield Case("2.1", [ping()], [ponged(b"")])
    yield Case("2.2", [ping(b"Hello, world!")], [ponged(b"Hello, world!")])
    yield Case("2.3", [ping(binary)], [ponged(binary)])
    yield Case("2.4", [ping(long)], [ponged(long)])
    yield Case("2.5", [ping(long + b"\xfe")], [], PROTOCOL)
    yield Case("2.6", chopped(ping(long)), [ponged(long)])
    yield Case("2.7", [pong()])
    yield Case("2.8", [pong(b"unsolicited pong payload")])
    yield Case("2.9", [pong(b"unsolicited"), ping(b"ping")], [ponged(b"ping")])
    yield Case("2.10", all_pings, all_pongs)
    yield Case("2.11", chopped(b"".join(all_pings)), all_pongs)


def reserved_bits() -> Iterator[Case]:
    def between(rsv: int) -> list[bytes]:
        return [HELLO, text(said("x"), rsv=rsv), ping()]

    yield Case("3.1", [text(said("x"), rsv=1)], [], PROTOCOL)
    yield Case("3.2", [b"".join(between(2))], [heard("hello")], PROTOCOL)
    yield Case("3.3", between(3), [heard("hello")], PROTOCOL)
    yield Case("3.4", chopped(b"".join(between(4))), [heard("hello")], PROTOCOL)
    yield Case("3.5", [frame(Op.BINARY, b"\x00\xff", rsv=5)], [], PROTOCOL)
    yield Case("3.6", [frame(Op.PING, b"hello", rsv=6)], [], PROTOCOL)
    yield Case("3.7", [frame(Op.CLOSE, b"", rsv=7)], [], PROTOCOL)


def opcodes() -> Iterator[Case]:
    for group, first in ((1, 0x3), (2, 0xB)):
        for place in range(5):
            bad = frame(first + place, b"reserved opcode payload" if place % 2 else b"")
            if place < 2:
                yield Case(f"4.{group}.{place + 1}", [bad], [], PROTOCOL)
                continue
            sent = [HELLO, bad, ping()]
            if place == 4:
                sent = chopped(b"".join(sent))
            yield Case(f"4.{group}.{place + 1}", sent, [heard("hello")], PROTOCOL)


def fragmentation() -> Iterator[Case]:
    halves = fragmented([said("fragment1fragment2")[:30], said("fragment1fragment2")[30:]])
    whole, joined = [heard("fragment1fragment2")], b"".join(halves)
    between = [halves[0], ping(b"ping payload"), halves[1]]
    both = [ponged(b"ping payload"), *whole]
    for number, opcode in (("5.1", Op.PING), ("5.2", Op.PONG)):
        yield Case(number, fragmented([b"fragment1", b"fragment2"], opcode), [], PROTOCOL)
    yield Case("5.3", [joined], whole)
    yield Case("5.4", halves, whole)
    yield Case("5.5", chopped(joined), whole)
    yield Case("5.6", [b"".join(between)], both)
    yield Case("5.7", between, both)
    yield Case("5.8", chopped(b"".join(between)), both)
    for place, fin in ((9, True), (12, False)):
        nothing = [cont(b"non-continuation payload", fin=fin), HELLO]
        yield Case(f"5.{place}", [b"".join(nothing)], [], PROTOCOL)
        yield Case(f"5.{place + 1}", nothing, [], PROTOCOL)
        yield Case(f"5.{place + 2}", chopped(b"".join(nothing)), [], PROTOCOL)
    yield Case("5.15", [*halves, cont(b"fragment3", fin=False), HELLO], whole, PROTOCOL)
    for number, fin in (("5.16", False), ("5.17", True)):
        yield Case(number, [cont(b"fragment1", fin=fin), *halves] * 2, [], PROTOCOL)
    yield Case("5.18", [halves[0], text(b"fragment2")], [], PROTOCOL)
    payload = said("fragment1fragment2fragment3")
    a, b, c, d, e = fragmented([payload[at : at + 11] for at in range(0, 55, 11)])
    pauses = [a, b, ping(b"pongme 1!"), c, d, ping(b"pongme 2!"), e]
    answers = [ponged(b"pongme 1!"), ponged(b"pongme 2!"), heard("fragment1fragment2fragment3")]
    yield Case("5.19", [b"".join(pauses[:3]), b"".join(pauses[3:])], answers)
    yield Case("5.20", pauses, answers)


def utf8() -> Iterator[Case]:
    valid = "Hello-µ@ßöäüàá-UTF-8!!"
    octets = [bytes([octet]) for octet in said(valid)]
    bad = GREEK + b"\xf4\x90\x80\x80" + b"edited"
    fast = [GREEK, b"\xf4\x90\x80\x80", b"edited"]
    yield Case("6.1.1", [text("")], [MALFORMED])
    yield Case("6.1.2", fragmented([b"", b"", b""]), [MALFORMED])
    yield Case(
        "6.1.3",
        fragmented([b"", said("middle frame payload"), b""]),
        [heard("middle frame payload")],
    )
    yield Case("6.2.1", [text(said(valid))], [heard(valid)])
    split = said(valid).index("ß".encode())
    parts = [said(valid)[:split], said(valid)[split:]]
    yield Case("6.2.2", fragmented(parts), [heard(valid)])
    yield Case("6.2.3", fragmented(octets), [heard(valid)])
    yield Case("6.2.4", fragmented([bytes([o]) for o in said(GREEK)]), [heard(GREEK)])
    yield Case("6.3.1", [text(GREEK + b"\xed\xa0\x80edited")], [], NOT_UTF8)
    surrogate = GREEK + b"\xed\xa0\x80edited"
    yield Case("6.3.2", fragmented([bytes([o]) for o in surrogate]), [], NOT_UTF8)
    yield Case("6.4.1", fragmented(fast), [], NOT_UTF8)
    yield Case("6.4.2", fragmented([bad[:12], bad[12:13], bad[13:]]), [], NOT_UTF8)
    head = len(text(bad)) - len(bad)
    for number, cuts in (("6.4.3", (11, 15)), ("6.4.4", (12, 13))):
        whole = text(bad)
        one, two = (head + cut for cut in cuts)
        yield Case(number, [whole[:one], whole[one:two], whole[two:]], [], NOT_UTF8)
    for number, payload in UTF8_CASES:
        if number not in VALID:
            yield Case(number, [text(payload)], [], NOT_UTF8)
        elif payload == b"\x00":  # no JSON has it
            yield Case(number, [text(payload)], [MALFORMED])
        else:
            yield Case(number, [text(said(payload))], [heard(payload)])


def closing() -> Iterator[Case]:
    yield Case("7.1.1", [HELLO, close()], [heard("hello")], NORMAL)
    yield Case("7.1.2", [close(), close()], [], NORMAL)
    yield Case("7.1.3", [close(), ping()], [], NORMAL)
    yield Case("7.1.4", [close(), HELLO], [], NORMAL)
    halves = fragmented([said("x")[:9], said("x")[9:]])
    yield Case("7.1.5", [halves[0], close(), halves[1]], [], NORMAL)
    large = text(b"BAsd7&jh23".ljust(SENT_BYTES_MAX))
    yield Case("7.1.6", [large, close(), ping()], [], TOO_BIG)
    yield Case("7.3.1", [close(None)], [], NORMAL)
    yield Case("7.3.2", [frame(Op.CLOSE, b"a")], [], PROTOCOL)
    yield Case("7.3.3", [close()], [], NORMAL)
    yield Case("7.3.4", [close(1000, b"Hello World!")], [], NORMAL)
    yield Case("7.3.5", [close(1000, b"*" * 123)], [], NORMAL)
    yield Case("7.3.6", [close(1000, b"*" * 124)], [], PROTOCOL)
    yield Case("7.5.1", [close(1000, GREEK + b"\xed\xa0\x80edited")], [], NOT_UTF8)
    valid = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
    for place, code in enumerate(valid, 1):
        yield Case(f"7.7.{place}", [close(code)], [], code)
    for place, code in enumerate((0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999), 1):
        yield Case(f"7.9.{place}", [close(code)], [], PROTOCOL)
    for place, code in enumerate((5000, 65_535), 1):
        yield Case(f"7.13.{place}", [close(code)], [], PROTOCOL)


def limits() -> Iterator[Case]:
    kib, mib = 1024, 1024 * 1024
    sizes = (64 * kib, 256 * kib, mib, 4 * mib, 8 * mib, 16 * mib)
    for group, opcode in ((1, Op.TEXT), (2, Op.BINARY)):
        for place, size in enumerate(sizes, 1):
            begun = frame(opcode, b"*" * SENT_BYTES_MAX, length=size)
            yield Case(f"9.{group}.{place}", [begun], [], TOO_BIG)
    fragments = (64, 256, kib, 4 * kib, 16 * kib, 64 * kib, 256 * kib, mib, 4 * mib)
    for group, opcode in ((3, Op.TEXT), (4, Op.BINARY)):
        for place, size in enumerate(fragments, 1):
            # As many as it takes to be too big, or the beginning of the first.
            count = max(1, 2 * FRAME_BYTES_MAX // size)
            part = b"*" * min(size, SENT_BYTES_MAX)
            sent = [
                frame(Op.CONT if at else opcode, part, fin=False, length=size)
                for at in range(count)
            ]
            yield Case(f"9.{group}.{place}", sent, [], TOO_BIG)
    for group, opcode in ((5, Op.TEXT), (6, Op.BINARY)):
        for place, size in enumerate((64, 128, 256, 512, kib, 2 * kib), 1):
            begun = frame(opcode, b"*" * SENT_BYTES_MAX, length=mib)
            yield Case(f"9.{group}.{place}", chopped(begun, size), [], TOO_BIG)
    yield Case("10.1.1", fragmented([b"*" * 1300] * (SENT_BYTES_MAX // 1300)), [], TOO_BIG)


CASES = [
    *framing(),
    *pings(),
    *reserved_bits(),
    *opcodes(),
    *fragmentation(),
    *utf8(),
    *closing(),
    *limits(),
]
ROUND_TRIPS = [
    (f"9.{group}.{place}", opcode, size)
    for group, opcode in ((7, Op.TEXT), (8, Op.BINARY))
    for place, size in enumerate((0, 16, 64, 256, 1024, 4096), 1)
]
