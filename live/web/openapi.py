"""/openapi.json: generated from the Route declarations, so it cannot say anything else."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

from live import __version__
from live.web.authentication import SESSION_COOKIE
from live.web.problems import PROBLEM_TYPE, ProblemBody
from live.web.routes import Access, Call, Route

Json = dict[str, Any]

_JSON_TYPE = "application/json"
_PARAMETER = re.compile(r"\{(?P<name>\w+)(?::[^}]*)?\}")
_REFERENCES = "#/components/schemas/{name}"
_DESCRIPTIONS = {
    200: "Done",
    201: "Made",
    202: "Accepted",
    204: "Done; no body",
    400: "The body is not JSON",
    401: "Not signed in, or the token is no good",
    403: "Not allowed",
    413: "The body is too large",
    422: "The body is JSON but not acceptable; `fields` names what is wrong",
}
_WHO = {
    Access.ANYONE: "Anyone may call it.",
    Access.SIGNED_IN: "Whoever is signed in may call it.",
    Access.HOST: "Hosts and operators may call it.",
    Access.OPERATOR: "Operators may call it.",
    Access.SIGNED_MESSAGE: "The sender proves itself by signing the message.",
    Access.LOOPBACK: "Only from this machine, unless set otherwise.",
}
_NEEDS_SIGN_IN = (Access.SIGNED_IN, Access.HOST, Access.OPERATOR)
_SHARED_CODES = ("unavailable", "internal")


def openapi_route(routes: Sequence[Route]) -> Route:
    """The route that serves the description of ``routes``, built once here."""
    encoded = msgspec.json.encode(describe(routes))

    async def handle(_call: Call) -> web.Response:
        return web.Response(body=encoded, content_type=_JSON_TYPE)

    return Route(
        method="GET", path="/openapi.json", access=Access.ANYONE, handler=handle,
        summary="This description",
    )  # fmt: skip


def describe(routes: Iterable[Route]) -> Json:
    """The OpenAPI 3.1 document of these routes."""
    routes = list(routes)
    types = _types_of(routes)
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCES)
    schema_of = {repr(type_): schema for type_, schema in zip(types, schemas, strict=True)}
    paths: dict[str, Json] = {}
    for route in routes:
        path = _PARAMETER.sub(r"{\g<name>}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tiantou Live", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
            },
        },
    }


def _types_of(routes: Iterable[Route]) -> list[Any]:
    # By repr: two spellings of one generic type are equal, but Annotated ones may not hash.
    types: dict[str, Any] = {repr(ProblemBody): ProblemBody}
    for route in routes:
        for type_ in (route.body, *route.answers.values()):
            if type_ is not None:
                types[repr(type_)] = type_
    return list(types.values())


def _operation(route: Route, schema_of: Mapping[str, Json]) -> Json:
    operation: Json = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "description": _WHO[route.access],
        "tags": [_tag(route)],
        "responses": {
            **{str(status): _answer(status, t, schema_of) for status, t in route.answers.items()},
            **_refusals(route, schema_of[repr(ProblemBody)]),
        },
    }
    if parameters := _parameters(route):
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {_JSON_TYPE: {"schema": schema_of[repr(route.body)]}},
        }
    if route.access in _NEEDS_SIGN_IN:
        operation["security"] = [{"bearer": []}, {"cookie": []}]
    return operation


def _parameters(route: Route) -> list[Json]:
    def parameter(name: str, place: str) -> Json:
        required = place == "path"
        return {"name": name, "in": place, "required": required, "schema": {"type": "string"}}

    names = _PARAMETER.findall(route.path)
    return [
        *(parameter(name, "path") for name in names),
        *(parameter(name, "query") for name in route.query),
        *(parameter(name, "header") for name in route.headers),
    ]


def _answer(status: int, type_: Any, schema_of: Mapping[str, Json]) -> Json:
    answer: Json = {"description": _DESCRIPTIONS.get(status, f"Status {status}")}
    if type_ is not None:
        answer["content"] = {_JSON_TYPE: {"schema": schema_of[repr(type_)]}}
    return answer


def _refusals(route: Route, problem: Json) -> Json:
    statuses: list[int] = []
    if route.body is not None:
        statuses += [400, 413, 422]
    if route.access in _NEEDS_SIGN_IN:
        statuses.append(401)
    if route.access in (Access.HOST, Access.OPERATOR, Access.LOOPBACK):
        statuses.append(403)
    content = {PROBLEM_TYPE: {"schema": problem}}
    refusals: Json = {
        str(status): {"description": _DESCRIPTIONS[status], "content": content}
        for status in sorted(statuses)
    }
    codes = sorted({*route.problems, *_SHARED_CODES})
    one_of = {"type": "object", "properties": {"code": {"type": "string", "enum": codes}}}
    refusals["default"] = {
        "description": f"Refused; `code` is one of {', '.join(codes)}",
        "content": {PROBLEM_TYPE: {"schema": {"allOf": [problem, one_of]}}},
    }
    return refusals


def _operation_id(route: Route) -> str:
    words = [word for word in re.split(r"[^A-Za-z0-9]+", route.path.removeprefix("/api")) if word]
    return "_".join([route.method.lower(), *words])


def _tag(route: Route) -> str:
    parts = route.path.removeprefix("/api").strip("/").split("/")
    return parts[0]
