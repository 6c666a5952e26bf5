"""The way into a room: who may come in, and how a process sees everybody out again.

With ``handshake`` and ``connection``, the only file that touches a WebSocket.
"""

import asyncio
import socket
from collections.abc import Iterable, Mapping

from aiohttp import hdrs, web

from live.config import Settings
from live.errors import (
    BadRequest,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Unauthenticated,
    Unavailable,
)
from live.realtime import metrics
from live.realtime.client_messages import Parsed
from live.realtime.commands import Command
from live.realtime.connection import Connection, Surroundings
from live.realtime.dialogue import Dialogue
from live.realtime.fingerprint import viewer_fingerprint
from live.realtime.handshake import shake_hands, take_over
from live.realtime.heartbeat import Heartbeat
from live.realtime.hub import Hub
from live.realtime.position import FeedId, FeedPosition
from live.realtime.protocol import CloseCode
from live.values import MS_PER_SECOND
from live.web.addresses import ClientAddresses, household_of
from live.web.authentication import Authenticator
from live.web.cookies import viewer_of
from live.web.deadline import AnswerDeadline
from live.web.origins import Origins
from live.web.routes import Access, Call, Identity, Route

_DRAIN_STEP_SECONDS = 0.05
# Seconds for which an ended session is remembered: who is on the way in meanwhile was signed in
# when it asked, and must not slip past.
_ENDED_SECONDS = 60.0


class Gateway:
    """The room's WebSocket endpoint of one process. Run it as a context manager.

    Args:
        commands: what clients may say, of all features.
        viewer_key: see ``viewer_fingerprint``.
    """

    def __init__(
        self,
        hub: Hub,
        commands: Iterable[Command],
        authenticator: Authenticator,
        settings: Settings,
        viewer_key: bytes,
    ) -> None:
        self._hub = hub
        self._viewer_key = viewer_key
        dialogue = Dialogue(commands, AnswerDeadline(settings.answer_ms / MS_PER_SECOND))
        self._around = Surroundings(dialogue, settings, self._forget, Parsed())
        self._authenticator = authenticator
        self._settings = settings
        self._origins = Origins(settings.allowed_origins)
        self._addresses = ClientAddresses(settings.trusted_proxies)
        self._heartbeat = Heartbeat(settings.heartbeat_seconds)
        self._beat: asyncio.Task[None] | None = None
        self._connections: dict[Connection, int] = {}  # and their places in the heartbeat
        self._by_session: dict[str, set[Connection]] = {}
        self._ended: dict[str, float] = {}  # session → loop time, in order
        self._entering = 0
        self._is_draining = False
        self._is_empty = asyncio.Event()
        authenticator.on_ended(self.end_session)

    @property
    def route(self) -> Route:
        return Route(
            method="GET",
            path="/api/events/{event_id}/room",
            access=Access.ANYONE,
            handler=self.enter,
            summary="Join the event's room: a WebSocket, see docs/protocol.md",
            answers={101: None},
            streams=True,
            problems=(
                *BadRequest.coded("websocket_required"),
                *Forbidden.coded("origin_not_allowed"),
                *NotFound.coded("event_not_found"),
                *Unavailable.coded("room_full"),
            ),
            query={"since": FeedId, "ticket": str},
        )

    async def __aenter__(self) -> "Gateway":
        self._beat = asyncio.create_task(self._heartbeat.run(), name="heartbeat")
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.drain()
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)

    # Coming in

    async def enter(self, call: Call) -> web.StreamResponse:
        """Shake hands and let one viewer in, who stays when this is done.

        Raises: BadRequest, Forbidden, Unauthenticated, NotFound, Invalid or Unavailable, all
            before the handshake is answered.
        """
        try:
            return await self._let_in(call)
        except Problem as problem:
            metrics.REFUSALS.labels(problem.code).inc()
            raise

    async def _let_in(self, call: Call) -> web.StreamResponse:
        request = call.http
        self._check_origin(request)
        # Nearly everybody comes without, and the query of none would be parsed twice.
        query: Mapping[str, str] = request.query if request.rel_url.raw_query_string else {}
        since = _since(query.get("since"))
        if (
            self._is_draining
            or len(self._connections) + self._entering >= self._settings.viewers_max
        ):
            raise Unavailable("room_full", retry_after_seconds=self._settings.reconnect_seconds)
        self._entering += 1
        try:
            identity = await self._identify(call, query.get("ticket"))
            event_id = request.match_info["event_id"]
            async with self._hub.entering(event_id, since) as room:
                transport = request.transport
                if transport is None:
                    raise ConnectionResetError("gone before the handshake")
                _set_socket_options(transport, self._settings)
                address = self._addresses.of(request)
                fingerprint = self._fingerprint(request, event_id, identity, address)
                answer = await shake_hands(request)
                # From here on there is no await: a tick in between would be missing from the
                # snapshot and never come.
                connection = Connection(
                    room, transport, identity, fingerprint, address, self._around
                )
                sent = take_over(request, connection)
                try:
                    room.join(connection.sink, since)
                    self._remember(connection)
                except BaseException:
                    transport.abort()  # nobody else would
                    raise
                if sent:
                    connection.data_received(sent)
        finally:
            self._entering -= 1
        return answer

    def _remember(self, connection: Connection) -> None:
        metrics.JOINS.inc()
        self._connections[connection] = self._heartbeat.add(connection)
        self._is_empty.clear()
        metrics.VIEWERS.set(len(self._connections))
        session_id = connection.session_id
        if session_id is not None:
            self._by_session.setdefault(session_id, set()).add(connection)
        if self._is_draining:
            connection.end(CloseCode.GOING_AWAY)
        elif session_id in self._ended:
            connection.end(CloseCode.NOT_ALLOWED)

    def _forget(self, connection: Connection) -> None:
        place = self._connections.pop(connection, None)
        if place is None:  # it could not join
            return
        self._heartbeat.discard(connection, place)
        metrics.LEAVES.inc()
        metrics.VIEWERS.set(len(self._connections))
        if not self._connections:
            self._is_empty.set()
        session_id = connection.session_id
        if session_id is not None:
            self._by_session[session_id].discard(connection)
            if not self._by_session[session_id]:
                del self._by_session[session_id]

    async def _identify(self, call: Call, ticket: str | None) -> Identity | None:
        if ticket is None:
            return call.identity
        identity = await self._authenticator.redeem_ticket(ticket)
        if identity is None:
            raise Unauthenticated(detail="The ticket is spent or has expired.")
        return identity

    def _fingerprint(
        self, request: web.Request, event_id: str, identity: Identity | None, address: str
    ) -> bytes:
        return viewer_fingerprint(
            self._viewer_key,
            event_id,
            account_id=None if identity is None else identity.id,
            browser=viewer_of(request),
            address=household_of(address),
            agent=request.headers.get(hdrs.USER_AGENT, ""),
        )

    def _check_origin(self, request: web.Request) -> None:
        # Browsers send cookies along with any page's WebSocket, and never an Authorization.
        if hdrs.AUTHORIZATION not in request.headers and not self._origins.admits(request):
            raise Forbidden("origin_not_allowed", "Not from one of our pages.")

    # Going out

    def end_session(self, session_id: str) -> None:
        """Close the connections of a session that has ended."""
        now = asyncio.get_running_loop().time()
        self._ended[session_id] = now
        while self._ended and next(iter(self._ended.values())) < now - _ENDED_SECONDS:
            del self._ended[next(iter(self._ended))]
        for connection in list(self._by_session.get(session_id, ())):
            connection.end(CloseCode.NOT_ALLOWED)

    async def drain(self) -> None:
        """Let nobody in, and see everybody out evenly over ``drain_seconds``.

        Call it before the server stops accepting requests; the hub must still be ticking.
        """
        self._is_draining = True
        loop = asyncio.get_running_loop()
        started = loop.time()
        waiting = list(self._connections)
        total = len(waiting)
        while waiting:
            share = 1.0
            if self._settings.drain_seconds > 0:
                share = min(1.0, (loop.time() - started) / self._settings.drain_seconds)
            while waiting and total - len(waiting) < max(1, share * total):
                waiting.pop().end(CloseCode.GOING_AWAY)
            await asyncio.sleep(_DRAIN_STEP_SECONDS)
        if self._connections:
            await self._is_empty.wait()  # each is cut off within close_abort_seconds


def _since(text: str | None) -> FeedPosition | None:
    if not text:
        return None
    since = FeedPosition.parse(text)
    if since is None:
        raise Invalid(fields={"since": "not a feed id"})
    return since


def _set_socket_options(transport: asyncio.Transport, settings: Settings) -> None:
    sock = transport.get_extra_info("socket")
    # A slow viewer's ticks shall pile up here, where we see them, not in megabytes of kernel.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, settings.send_buffer_bytes)
    is_tcp = sock.family in (socket.AF_INET, socket.AF_INET6)  # not a proxy on a unix socket
    if is_tcp and hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, settings.tcp_user_timeout_ms)
