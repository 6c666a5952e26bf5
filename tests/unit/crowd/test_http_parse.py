"""Claims about reading replies, however the network splits them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.crowd.http_parse import BODY_BYTES_MAX, HEAD_BYTES_MAX, ReplyError, ReplyParser

ORDER = (
    b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"id":42}'
)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'4;note=x\r\n{"id\r\n5\r\n":42}\r\n0\r\nX-Trailer: y\r\n\r\n'
)


def feed(parser: ReplyParser, pieces: list[bytes]) -> list[object]:
    return [reply for piece in pieces if (reply := parser.feed(piece)) is not None]


def cut(whole: bytes, cuts: list[int]) -> list[bytes]:
    marks = [0, *sorted(c % (len(whole) + 1) for c in cuts), len(whole)]
    return [whole[a:b] for a, b in pairwise(marks) if a < b]


@pytest.mark.parametrize("whole", [ORDER, CHUNKED], ids=["length", "chunked"])
@given(cuts=st.lists(st.integers(min_value=0, max_value=400), max_size=8))
def test_a_reply_reads_the_same_however_it_is_split(whole: bytes, cuts: list[int]) -> None:
    assert feed(ReplyParser(), cut(whole, cuts)) == [ReplyParser().feed(whole)]


@pytest.mark.parametrize("whole", [ORDER, CHUNKED], ids=["length", "chunked"])
def test_byte_by_byte_gives_one_reply_at_the_last_byte(whole: bytes) -> None:
    parser = ReplyParser()
    replies = [parser.feed(whole[i : i + 1]) for i in range(len(whole))]
    assert replies[:-1] == [None] * (len(whole) - 1)
    reply = replies[-1]
    assert reply is not None
    assert reply.body == b'{"id":42}'


def test_one_connection_serves_reply_after_reply() -> None:
    parser = ReplyParser()
    bodyless = b"HTTP/1.1 204 No Content\r\n\r\n"
    statuses = [
        reply.status for reply in map(parser.feed, (ORDER, bodyless, CHUNKED, ORDER)) if reply
    ]
    assert statuses == [201, 204, 200, 201]


def test_an_empty_body_needs_no_more_bytes() -> None:
    reply = ReplyParser().feed(b"HTTP/1.1 202 Accepted\r\ncontent-LENGTH: 0\r\n\r\n")
    assert reply is not None
    assert (reply.status, reply.body) == (202, b"")


def test_retry_after_is_read_in_seconds_and_a_date_counts_as_none() -> None:
    head = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: %s\r\n\r\n"
    for value, seconds in ((b"3", 3.0), (b"Wed, 19 Feb 2020 02:00:00 GMT", None)):
        reply = ReplyParser().feed(head % value)
        assert reply is not None
        assert reply.retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("line", "is_last"),
    [(b"HTTP/1.1 200 OK", False), (b"HTTP/1.0 200 OK", True)],
)
def test_an_old_server_closes_after_its_reply(line: bytes, is_last: bool) -> None:
    reply = ReplyParser().feed(line + b"\r\nContent-Length: 0\r\n\r\n")
    assert reply is not None
    assert reply.is_last is is_last


def test_connection_close_marks_the_last_reply() -> None:
    reply = ReplyParser().feed(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    assert reply is not None
    assert reply.is_last


@pytest.mark.parametrize(
    "received",
    [
        b"SSH-2.0-OpenSSH_9\r\n\r\n",
        b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (BODY_BYTES_MAX + 1),
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"x" * (HEAD_BYTES_MAX + 1),
    ],
    ids=[
        "not-http",
        "status",
        "no-length",
        "negative",
        "huge",
        "too-much",
        "chunk-size",
        "endless",
    ],
)
def test_what_is_no_reply_is_refused(received: bytes) -> None:
    with pytest.raises(ReplyError):
        ReplyParser().feed(received)
