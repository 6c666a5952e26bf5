"""Reads what a client says and words the answer: JSON in, JSON out, no sockets."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from live.errors import BadRequest, Invalid, Problem, Unauthenticated, Unavailable
from live.realtime.commands import Command, Speaker
from live.realtime.protocol import REF_CHARS_MAX, UNSET, Ack, ProblemMessage, Ref, Unset, encode
from live.storage.database import SQL_AWAY
from live.storage.redis import REDIS_AWAY
from live.web.deadline import AnswerDeadline
from live.web.problems import fields_of

_decode = msgspec.json.Decoder().decode
_encode_any = msgspec.json.Encoder().encode

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that can be acted on."""

    command: Command
    message: msgspec.Struct
    ref: Ref | Unset


class Refused(Exception):
    """A message that cannot: ``answer`` is the problem message for it."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer


class Dialogue:
    """The commands of a room, by type. Share one.

    Args:
        deadline: by which a command must be answered.
    """

    def __init__(self, commands: Iterable[Command], deadline: AnswerDeadline) -> None:
        self._deadline = deadline
        self._commands: dict[str, Command] = {}
        for command in commands:
            if command.type in self._commands:
                raise ValueError(f"two commands of type {command.type}")
            self._commands[command.type] = command

    def hear(self, text: str) -> Heard:
        """One text message.

        Raises: Refused.
        """
        ref: Ref | Unset = UNSET
        try:
            try:
                said = _decode(text)
            except (msgspec.DecodeError, RecursionError) as error:
                raise BadRequest(detail=str(error)) from error
            if not isinstance(said, dict):
                raise BadRequest(detail="not a JSON object")
            ref = _ref(said.pop("ref", UNSET))
            type_ = said.pop("type", None)
            if not isinstance(type_, str):
                raise BadRequest(detail="no type")
            command = self._commands.get(type_)
            if command is None:
                raise BadRequest("unknown_type", "There is no such message type.")
            return Heard(command, _message(command, said), ref)
        except Problem as problem:
            raise Refused(problem_message(problem, ref)) from problem

    async def answer(self, heard: Heard, speaker: Speaker) -> tuple[bytes, str]:
        """Carry it out. Returns the message that answers it, and ``ok`` or the problem's code."""
        command, ref = heard.command, heard.ref
        try:
            if command.needs_sign_in and speaker.identity is None:
                raise Unauthenticated(detail="Sign in to speak.")
            fields = await self._deadline.keep(command.handle(speaker, heard.message))
        except Problem as problem:
            return problem_message(problem, ref), problem.code
        except (*SQL_AWAY, *REDIS_AWAY) as error:
            log.warning("command waits for storage", type=command.type, error=repr(error))
            away = Unavailable(retry_after_seconds=1)
            return problem_message(away, ref), away.code
        except Exception:
            log.exception("command failed", type=command.type, event_id=speaker.event_id)
            return problem_message(Problem(), ref), Problem.default_code
        if fields is None:
            return encode(Ack(ref)), "ok"
        head: dict[str, Any] = {"type": command.type}
        if not isinstance(ref, msgspec.UnsetType):
            head["ref"] = ref
        return _encode_any(head | fields), "ok"


def problem_message(problem: Problem, ref: Ref | Unset = UNSET) -> bytes:
    """A problem as the JSON that a client gets."""
    return encode(
        ProblemMessage(
            code=problem.code,
            ref=ref,
            detail=problem.detail or UNSET,
            retry_after_seconds=problem.retry_after_seconds or UNSET,
            fields=problem.fields or UNSET,
        ),
        problem.more,
    )


def _ref(ref: object) -> Ref | Unset:
    if ref is UNSET or ref is None:
        return UNSET
    is_number = isinstance(ref, int) and not isinstance(ref, bool)
    if is_number or (isinstance(ref, str) and len(ref) <= REF_CHARS_MAX):
        return ref  # type: ignore[return-value]
    raise BadRequest(detail=f"ref must be an integer or up to {REF_CHARS_MAX} characters")


def _message(command: Command, said: dict[str, Any]) -> msgspec.Struct:
    try:
        message: msgspec.Struct = msgspec.convert(said, command.message)
    except msgspec.ValidationError as error:
        raise Invalid(fields=fields_of(error)) from error
    return message
