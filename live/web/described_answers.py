"""What a description says of a route's answers: those it gives, and those it refuses with."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import hdrs

from live.errors import Refusal
from live.web.problems import PROBLEM_TYPE, ProblemBody
from live.web.refusals import refusals_of
from live.web.routes import Raw, Route
from live.web.schemas import JSON_TYPE, Json, Schemas

_PROBLEM_HEADERS: Mapping[int, Json] = {
    401: {hdrs.WWW_AUTHENTICATE: {"required": True, "schema": {"type": "string"}}},
    429: {hdrs.RETRY_AFTER: {"required": True, "schema": {"type": "integer", "minimum": 1}}},
    503: {hdrs.RETRY_AFTER: {"required": True, "schema": {"type": "integer", "minimum": 1}}},
}
_JSON_SCHEMAS: Mapping[type, Json] = {int: {"type": "integer"}, str: {"type": "string"}}


class Answers:
    """Describes answers; the refusals that many routes share are told once, in ``components``."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self.components: dict[str, Json] = {}

    def of(self, route: Route) -> Json:
        """The ``responses`` of a route's operation."""
        headers = {
            name: {"required": True, "schema": {"type": "string"}} for name in route.reply_headers
        }
        described = {
            str(status): self._answer(status, type_, headers)
            for status, type_ in route.answers.items()
        }
        for status, refusals in refusals_of(route).items():
            described[str(status)] = self._refused(status, refusals)
        return described

    def _answer(self, status: int, type_: Any, headers: Json) -> Json:
        answer: Json = {"description": HTTPStatus(status).phrase}
        if type_ is not None:
            answer["content"] = content_of(type_, self._schemas)
        if headers:
            answer["headers"] = headers
        return answer

    def _refused(self, status: int, refusals: Sequence[Refusal]) -> Json:
        name = "-".join([str(status), *(refusal.code for refusal in refusals)])
        self.components[name] = self._refusal(status, refusals)
        return {"$ref": f"#/components/responses/{name}"}

    def _refusal(self, status: int, refusals: Sequence[Refusal]) -> Json:
        codes = [refusal.code for refusal in refusals]
        more = {
            name: _JSON_SCHEMAS[type_]
            for refusal in refusals
            for name, type_ in refusal.more.items()
        }
        told = {"status": {"const": status}, "code": {"type": "string", "enum": codes}, **more}
        schema = {
            "allOf": [self._schemas.of(ProblemBody), {"type": "object", "properties": told}],
        }
        refused: Json = {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(codes)}",
            "content": {PROBLEM_TYPE: {"schema": schema}},
        }
        if headers := _PROBLEM_HEADERS.get(status):
            refused["headers"] = headers
        return refused


def content_of(type_: Any, schemas: Schemas) -> Json:
    """The ``content`` of a body: of one of our structs, or ``Raw``."""
    if isinstance(type_, Raw):
        return {
            media_type: {"schema": {"type": "string"} if media_type.startswith("text/") else {}}
            for media_type in type_.media_types
        }
    return {JSON_TYPE: {"schema": schemas.of(type_)}}
