"""Nobody chooses their own address by sending a header."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from live.errors import StartupError
from live.web.addresses import ClientAddresses, household_of


class _Transport:
    def __init__(self, peer: str) -> None:
        self._peer = peer

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return (self._peer, 50_000) if name == "peername" else default

    def is_closing(self) -> bool:
        return False


def request_from(peer: str, **headers: str) -> web.Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return make_mocked_request("GET", "/", headers=named, transport=_Transport(peer))


def test_a_stranger_is_not_believed() -> None:
    addresses = ClientAddresses("10.0.0.0/8")
    assert addresses.of(request_from("203.0.113.7", X_Forwarded_For="1.2.3.4")) == "203.0.113.7"
    assert ClientAddresses().of(request_from("10.0.0.1", X_Forwarded_For="1.2.3.4")) == "10.0.0.1"


def test_a_trusted_proxy_is_believed_from_the_right() -> None:
    addresses = ClientAddresses("10.0.0.0/8, ::1")
    forged = "6.6.6.6, 203.0.113.7, 10.1.1.1"
    assert addresses.of(request_from("10.0.0.1", X_Forwarded_For=forged)) == "203.0.113.7"
    assert addresses.of(request_from("::1", X_Forwarded_For="203.0.113.7")) == "203.0.113.7"
    assert addresses.of(request_from("::ffff:10.0.0.1", X_Forwarded_For="1.2.3.4")) == "1.2.3.4"


@pytest.mark.parametrize("header", ["", "garbage", "6.6.6.6, garbage", " , "])
def test_garbage_stops_the_walk(header: str) -> None:
    addresses = ClientAddresses("10.0.0.0/8")
    assert addresses.of(request_from("10.0.0.1", X_Forwarded_For=header)) == "10.0.0.1"


def test_loopback_through_an_undeclared_proxy_is_not_loopback() -> None:
    addresses = ClientAddresses()
    assert addresses.is_loopback(request_from("127.0.0.1"))
    assert addresses.is_loopback(request_from("::1"))
    assert not addresses.is_loopback(request_from("127.0.0.1", X_Forwarded_For="127.0.0.1"))
    assert not addresses.is_loopback(request_from("192.0.2.1"))


def test_https_is_believed_of_a_trusted_proxy_only() -> None:
    addresses = ClientAddresses("10.0.0.1")
    assert addresses.is_https(request_from("10.0.0.1", X_Forwarded_Proto="https"))
    assert not addresses.is_https(request_from("10.0.0.2", X_Forwarded_Proto="https"))
    assert not addresses.is_https(request_from("10.0.0.1"))


def test_what_is_no_network_stops_the_start() -> None:
    with pytest.raises(StartupError, match="LIVE_TRUSTED_PROXIES"):
        ClientAddresses("10.0.0.0/8, proxy.local")


@pytest.mark.parametrize(
    ("peer", "header", "client"),
    [
        # Each proxy appends whom it heard from; the client may have sent anything before that.
        ("10.0.0.1", "6.6.6.6, 10.9.9.9, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "10.9.9.9, 203.0.113.7, 10.2.2.2, 10.1.1.1", "203.0.113.7"),
        ("10.0.0.1", "10.2.2.2, 10.1.1.1", "10.2.2.2"),  # nobody but proxies: the farthest
        ("10.0.0.1", "garbage, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, garbage, 10.1.1.1", "10.1.1.1"),
        ("10.0.0.1", "203.0.113.7:5000", "10.0.0.1"),
        ("2001:db8::1", "6.6.6.6, 2001:db8:1::7", "2001:db8:1::7"),
        ("2001:db8::1", "2400:cb00::1, 2001:db8::2", "2400:cb00::1"),
        ("2001:db8::1", "[2400:cb00::1]", "2001:db8::1"),
        ("::ffff:10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
    ],
)
def test_a_chain_is_read_from_the_right(peer: str, header: str, client: str) -> None:
    addresses = ClientAddresses("10.0.0.0/8, 2001:db8::/64")
    assert addresses.of(request_from(peer, X_Forwarded_For=header)) == client


@pytest.mark.parametrize(
    ("address", "household"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"),
        ("2001:0db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no address", "no address"),
    ],
)
def test_a_subscriber_of_ipv6_is_one_household(address: str, household: str) -> None:
    assert household_of(address) == household
