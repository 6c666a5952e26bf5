"""/openapi.json: generated from the Route declarations, so it cannot say anything else."""

import re
from collections.abc import Iterable, Sequence

import msgspec
from aiohttp import web

from live import __version__
from live.web.authentication import SESSION_COOKIE
from live.web.described_answers import Answers, content_of
from live.web.refusals import refusals_of
from live.web.routes import Access, Call, Route
from live.web.schemas import JSON_TYPE, Json, Schemas

_PARAMETER = re.compile(r"\{(?P<name>\w+)\}")
_ABOUT = (
    "Refusals are `application/problem+json` with a stable `code`. Every GET takes HEAD too; "
    "for a method that its path does not take, 405 `method_not_allowed` names those that it does; "
    "an `Expect` other than `100-continue` is answered 417 `expectation_failed`."
)
_WHO = {
    Access.ANYONE: "Anyone may call it.",
    Access.SIGNED_IN: "Whoever is signed in may call it.",
    Access.HOST: "Hosts and operators may call it.",
    Access.OPERATOR: "Operators may call it.",
    Access.SIGNED_MESSAGE: "The sender proves itself by signing the message.",
    Access.LOOPBACK: "Only from this machine, unless set otherwise.",
}
_NEEDS_SIGN_IN = (Access.SIGNED_IN, Access.HOST, Access.OPERATOR)


def openapi_route(routes: Sequence[Route]) -> Route:
    """The route that serves the description of ``routes`` and of itself, built once here."""

    async def handle(_call: Call) -> web.Response:
        return web.Response(body=encoded, content_type=JSON_TYPE)

    route = Route(
        method="GET", path="/openapi.json", access=Access.ANYONE, handler=handle,
        summary="This description", answers={200: Json},
    )  # fmt: skip
    encoded = msgspec.json.encode(describe([*routes, route]))
    return route


def describe(routes: Iterable[Route]) -> Json:
    """The OpenAPI 3.1 document of these routes.

    ``x-codes`` lists every ``code`` that a refusal of theirs may have.
    """
    routes = list(routes)
    schemas = Schemas(routes)
    answers = Answers(schemas)
    paths: dict[str, Json] = {}
    for route in routes:
        operation = _operation(route, schemas, answers)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tiantou Live", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": answers.components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
            },
        },
        "x-codes": sorted(
            {each.code for route in routes for some in refusals_of(route).values() for each in some}
        ),
    }


def _operation(route: Route, schemas: Schemas, answers: Answers) -> Json:
    operation: Json = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "description": _WHO[route.access],
        "tags": [_tag(route)],
        "responses": answers.of(route),
    }
    if parameters := _parameters(route, schemas):
        operation["parameters"] = parameters
    body = route.body or route.raw_body
    if body is not None:
        operation["requestBody"] = {"required": True, "content": content_of(body, schemas)}
    if route.access in _NEEDS_SIGN_IN:
        operation["security"] = [{"bearer": []}, {"cookie": []}]
    return operation


def _parameters(route: Route, schemas: Schemas) -> list[Json]:
    def parameter(name: str, place: str, schema: Json) -> Json:
        return {"name": name, "in": place, "required": place != "query", "schema": schema}

    opaque = {"type": "string", "minLength": 1}
    return [
        *(parameter(name, "path", opaque) for name in _PARAMETER.findall(route.path)),
        *(parameter(name, "query", schemas.of(type_)) for name, type_ in route.query.items()),
        *(parameter(name, "header", schemas.of(type_)) for name, type_ in route.headers.items()),
    ]


def _operation_id(route: Route) -> str:
    words = [word for word in re.split(r"[^A-Za-z0-9]+", route.path.removeprefix("/api")) if word]
    return "_".join([route.method.lower(), *words])


def _tag(route: Route) -> str:
    parts = route.path.removeprefix("/api").strip("/").split("/")
    return parts[0]
