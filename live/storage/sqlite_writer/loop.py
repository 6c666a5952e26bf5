"""The one thread that writes: it hears who asks, does a round, answers, and hears the next."""

import selectors
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import IO, Any

import structlog

from live.storage.sqlite_writer.rounds import WORKS_MAX, Rounds
from live.storage.sqlite_writer.wire import (
    Answer,
    Ask,
    Messages,
    Over,
    TurnAsk,
    pack_answers,
)

READ_BYTES_MAX = 1 << 20
SEND_SECONDS = 5.0  # for a worker to take its answers; one that stands still is left behind

log = structlog.get_logger(__name__)


class _Worker:
    """The connection of one worker."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._messages = Messages()
        self.is_gone = False

    def receive(self) -> list[Any]:
        """What it has said. Sets ``is_gone`` where it has left."""
        try:
            received = self.connection.recv(READ_BYTES_MAX)
        except OSError:
            received = b""
        if not received:
            self.is_gone = True
        return list(self._messages.feed(received))

    def answer(self, answers: list[Answer]) -> None:
        try:
            self.connection.sendall(pack_answers(answers))
        except OSError as error:  # what was done is done: it asks again
            log.warning("a worker does not take its answers", error=repr(error))
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)


class WriterLoop:
    """Serves workers as long as there is anybody to hear."""

    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds
        self._asks: deque[tuple[_Worker, Ask | TurnAsk]] = deque()
        self._turn: tuple[_Worker, int] | None = None
        self._selector = selectors.DefaultSelector()

    def serve(self, connection: socket.socket) -> None:
        """Serve this worker."""
        connection.settimeout(SEND_SECONDS)
        worker = _Worker(connection)
        self._register(connection, partial(self._hear_worker, worker))

    def listen(self, listener: socket.socket, keeper: IO[Any]) -> None:
        """Serve all that connect.

        Args:
            keeper: a pipe of whoever started this; its end is the end.
        """

        def accept() -> None:
            connection, _ = listener.accept()
            self.serve(connection)

        self._register(listener, accept)
        self._register(keeper, self._leave_all)

    def run(self) -> None:
        while self._selector.get_map():
            self._hear()
            while self._asks:
                if isinstance(self._asks[0][1], TurnAsk):
                    self._give_turn()
                else:
                    self._round()
        self._rounds.close()

    def _register(self, source: socket.socket | IO[Any], heard: Callable[[], None]) -> None:
        self._selector.register(source, selectors.EVENT_READ, heard)

    def _leave_all(self) -> None:
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)

    def _hear(self, timeout_seconds: float | None = None) -> None:
        for key, _ in self._selector.select(timeout_seconds):
            heard: Callable[[], None] = key.data
            heard()

    def _hear_worker(self, worker: _Worker) -> None:
        for message in worker.receive():
            if isinstance(message, Over):
                self._drop(worker, message.number)
            else:
                self._asks.append((worker, message))
        if worker.is_gone:
            # What it had asked is done all the same.
            with suppress(KeyError):  # where all have been left
                self._selector.unregister(worker.connection)
            worker.connection.close()

    def _drop(self, worker: _Worker, number: int) -> None:
        if self._turn == (worker, number):
            self._turn = None
        self._asks = deque(
            entry for entry in self._asks if entry[0] is not worker or entry[1].number != number
        )

    def _give_turn(self) -> None:
        worker, ask = self._asks.popleft()
        with self._rounds.turn():
            self._turn = (worker, ask.number)
            worker.answer([Answer(ask.number)])
            while self._is_on(worker) and self._selector.get_map():
                self._hear()
            self._turn = None

    def _is_on(self, worker: _Worker) -> bool:
        """Whether this worker's turn goes on."""
        return self._turn is not None and not worker.is_gone

    def _round(self) -> None:
        asks: list[tuple[_Worker, Ask]] = []
        with self._rounds.turn():
            self._hear(0)  # what has come meanwhile goes along
            while self._asks and len(asks) < WORKS_MAX and isinstance(self._asks[0][1], Ask):
                asks.append(self._asks.popleft())  # type: ignore[arg-type]
            results = self._rounds.results([ask.work for _, ask in asks])
        answers: dict[_Worker, list[Answer]] = {}
        for (worker, ask), result in zip(asks, results, strict=True):
            answers.setdefault(worker, []).append(Answer.of(ask.number, result))
        for worker, own in answers.items():
            if not worker.is_gone:
                worker.answer(own)
