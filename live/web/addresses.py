"""Who is at the other end: client addresses that cannot be forged by a header.

``X-Forwarded-*`` is believed only of a peer inside LIVE_TRUSTED_PROXIES, and read from the
right: each proxy appends whom it heard from, so everything left of the first untrusted
address is hearsay.
"""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import hdrs, web

from live.errors import StartupError

# How a peer on a unix socket is called: it is on this machine.
_LOCAL = "127.0.0.1"
_SUBSCRIBER_BITS = 64
_FORWARDED_FOR = hdrs.X_FORWARDED_FOR
_FORWARDED_PROTO = hdrs.X_FORWARDED_PROTO


class ClientAddresses:
    """Reads a request's network address.

    Args:
        trusted_proxies: comma-separated networks, ``10.0.0.0/8, ::1``.

    Raises: StartupError for anything that is not a network.
    """

    def __init__(self, trusted_proxies: str = "") -> None:
        self._trusted = [_network(part) for part in trusted_proxies.split(",") if part.strip()]

    def of(self, request: web.BaseRequest) -> str:
        """The client's address as text; an IPv4 address never in its IPv6 form."""
        address = _plain(request.remote or _LOCAL)
        if not self._trusted:
            return address
        hops = ",".join(request.headers.getall(_FORWARDED_FOR, ())).split(",")
        while hops and self._is_trusted(address):
            hop = _plain(hops.pop().strip())
            if not _is_address(hop):
                break  # garbage, or nothing more: the last address we can vouch for stands
            address = hop
        return address

    def is_loopback(self, request: web.BaseRequest) -> bool:
        """Whether the request comes from this machine itself, not through a proxy on it."""
        if not _is_address(address := self.of(request)):
            return False
        if not ip_address(address).is_loopback:
            return False
        # A proxy on this machine that nobody declared would make the whole world look local.
        return _FORWARDED_FOR not in request.headers and hdrs.FORWARDED not in request.headers

    def is_https(self, request: web.BaseRequest) -> bool:
        """Whether the client's own connection is encrypted, here or at a trusted proxy."""
        if request.secure:
            return True
        peer = _plain(request.remote or _LOCAL)
        return self._is_trusted(peer) and request.headers.get(_FORWARDED_PROTO) == "https"

    def _is_trusted(self, address: str) -> bool:
        if not _is_address(address):
            return False
        parsed = ip_address(address)
        return any(parsed in network for network in self._trusted)


def household_of(address: str) -> str:
    """What limits count an address as: a subscriber of IPv6 has a whole /64 to choose from."""
    if ":" not in address or not _is_address(address):
        return address
    return str(IPv6Network((address.partition("%")[0], _SUBSCRIBER_BITS), strict=False))


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise StartupError(f"LIVE_TRUSTED_PROXIES: {error}") from error


def _plain(address: str) -> str:
    if not address.startswith("::ffff:"):
        return address
    try:
        mapped = IPv6Address(address).ipv4_mapped
    except ValueError:
        return address
    return str(mapped) if mapped else address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
