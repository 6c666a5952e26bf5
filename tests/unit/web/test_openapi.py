"""The description says what the routes declare."""

from typing import Annotated

import msgspec

from live.errors import Conflict, TooMany
from live.web.openapi import describe
from live.web.routes import Access, Call, Page, Reply, Route


class Thing(msgspec.Struct):
    id: str
    price_fen: int


class ThingCreate(msgspec.Struct, forbid_unknown_fields=True):
    price_fen: int


async def _handle(_call: Call) -> Reply:
    return Reply()


ROUTES = [
    Route(
        method="GET", path="/api/things", access=Access.ANYONE, handler=_handle,
        summary="Things", answers={200: Page[Thing]},
        query={"limit": Annotated[int, msgspec.Meta(ge=1)], "mark": str},
    ),
    Route(
        method="POST", path="/api/shops/{shop_id}/things", access=Access.HOST, handler=_handle,
        summary="Add one", body=ThingCreate, answers={201: Thing, 200: Thing},
        problems=(*Conflict.coded("sold_out"), *TooMany.coded("waiting", position=int)),
        headers={"Idempotency-Key": str},
    ),
    Route(
        method="DELETE", path="/api/things/{thing_id}", access=Access.SIGNED_IN,
        handler=_handle, summary="Remove one", answers={204: None}, reply_headers=("Set-Cookie",),
    ),
]  # fmt: skip


def test_every_route_is_there_with_its_parameters() -> None:
    paths = describe(ROUTES)["paths"]
    assert set(paths) == {"/api/things", "/api/shops/{shop_id}/things", "/api/things/{thing_id}"}
    places = {
        (parameter["name"], parameter["in"], parameter["required"])
        for parameter in paths["/api/shops/{shop_id}/things"]["post"]["parameters"]
    }
    assert places == {("shop_id", "path", True), ("Idempotency-Key", "header", True)}
    limit, mark = paths["/api/things"]["get"]["parameters"]
    assert limit["schema"] == {"type": "integer", "minimum": 1}
    assert (mark["name"], mark["required"]) == ("mark", False)


def test_bodies_and_answers_refer_to_schemas_that_are_there() -> None:
    document = describe(ROUTES)
    text = msgspec.json.encode(document).decode()
    for kind in ("schemas", "responses"):
        for part in text.split(f'"#/components/{kind}/')[1:]:
            assert part.split('"')[0] in document["components"][kind]
    post = document["paths"]["/api/shops/{shop_id}/things"]["post"]
    refused = {"400", "401", "403", "404", "409", "413", "422", "429", "500", "503"}
    assert set(post["responses"]) == {"200", "201", *refused}
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/ThingCreate"}
    assert (
        "content" not in document["paths"]["/api/things/{thing_id}"]["delete"]["responses"]["204"]
    )


def test_codes_and_sign_in_are_named() -> None:
    document = describe(ROUTES)
    paths, refusals = document["paths"], document["components"]["responses"]
    post = paths["/api/shops/{shop_id}/things"]["post"]
    assert post["responses"]["409"] == {"$ref": "#/components/responses/409-sold_out"}
    problem = refusals["409-sold_out"]["content"]["application/problem+json"]["schema"]
    assert problem["allOf"][1]["properties"]["code"]["enum"] == ["sold_out"]
    assert {"sold_out", "waiting", "internal"} <= set(document["x-codes"])
    assert post["security"] == [{"bearer": []}, {"cookie": []}]
    assert "security" not in paths["/api/things"]["get"]


def test_who_must_wait_is_told_how_long_and_what_else_the_answer_says() -> None:
    waiting = describe(ROUTES)["components"]["responses"]["429-waiting"]
    assert waiting["headers"]["Retry-After"]["required"]
    problem = waiting["content"]["application/problem+json"]["schema"]
    assert problem["allOf"][1]["properties"]["position"] == {"type": "integer"}


def test_headers_of_answers_are_named() -> None:
    deletion = describe(ROUTES)["paths"]["/api/things/{thing_id}"]["delete"]
    assert set(deletion["responses"]["204"]["headers"]) == {"Set-Cookie"}
    assert "headers" not in describe(ROUTES)["paths"]["/api/things"]["get"]["responses"]["200"]


def test_only_what_can_be_wrong_is_refused() -> None:
    paths = describe(ROUTES)["paths"]
    assert set(paths["/api/things"]["get"]["responses"]) == {
        "200", "400", "401", "422", "500", "503",
    }  # fmt: skip
    assert set(paths["/api/things/{thing_id}"]["delete"]["responses"]) == {
        "204", "400", "401", "403", "404", "500", "503",
    }  # fmt: skip


def test_operations_have_distinct_names() -> None:
    names = [
        operation["operationId"]
        for path in describe(ROUTES)["paths"].values()
        for operation in path.values()
    ]
    assert len(set(names)) == len(names)
