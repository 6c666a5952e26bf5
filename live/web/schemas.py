"""JSON schemas of the types that routes name, each told once and referred to by name."""

from collections.abc import Iterable
from typing import Any

import msgspec

from live.web.problems import ProblemBody
from live.web.routes import Raw, Route

Json = dict[str, Any]

JSON_TYPE = "application/json"
_REFERENCES = "#/components/schemas/{name}"


class Schemas:
    """The schemas of all that these routes take and answer."""

    def __init__(self, routes: Iterable[Route]) -> None:
        # By repr: two spellings of one generic type are equal, but Annotated ones may not hash.
        types = {repr(type_): type_ for type_ in (ProblemBody, *_types_of(routes))}
        schemas, self.components = msgspec.json.schema_components(
            types.values(), ref_template=_REFERENCES
        )
        self._schemas = dict(zip(types, schemas, strict=True))

    def of(self, type_: Any) -> Json:
        return self._schemas[repr(type_)]


def _types_of(routes: Iterable[Route]) -> Iterable[Any]:
    for route in routes:
        for type_ in (route.body, *route.answers.values()):
            if type_ is not None and not isinstance(type_, Raw):
                yield type_
        yield from route.query.values()
        yield from route.headers.values()
