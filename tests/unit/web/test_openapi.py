"""The description says what the routes declare."""

import msgspec

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
        summary="Things", answers={200: Page[Thing]}, query=("limit", "cursor"),
    ),
    Route(
        method="POST", path="/api/shops/{shop_id}/things", access=Access.HOST, handler=_handle,
        summary="Add one", body=ThingCreate, answers={201: Thing, 200: Thing},
        problems=("sold_out",), headers=("Idempotency-Key",),
    ),
    Route(
        method="DELETE", path="/api/things/{thing_id}", access=Access.SIGNED_IN,
        handler=_handle, summary="Remove one", answers={204: None},
    ),
]  # fmt: skip


def test_every_route_is_there_with_its_parameters() -> None:
    paths = describe(ROUTES)["paths"]
    assert set(paths) == {"/api/things", "/api/shops/{shop_id}/things", "/api/things/{thing_id}"}
    places = {
        (parameter["name"], parameter["in"], parameter["required"])
        for parameter in paths["/api/shops/{shop_id}/things"]["post"]["parameters"]
    }
    assert places == {("shop_id", "path", True), ("Idempotency-Key", "header", False)}
    assert [p["name"] for p in paths["/api/things"]["get"]["parameters"]] == ["limit", "cursor"]


def test_bodies_and_answers_refer_to_schemas_that_are_there() -> None:
    document = describe(ROUTES)
    text = msgspec.json.encode(document).decode()
    for part in text.split('"#/components/schemas/')[1:]:
        assert part.split('"')[0] in document["components"]["schemas"]
    post = document["paths"]["/api/shops/{shop_id}/things"]["post"]
    assert set(post["responses"]) == {"200", "201", "400", "401", "403", "413", "422", "default"}
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/ThingCreate"}
    assert (
        "content" not in document["paths"]["/api/things/{thing_id}"]["delete"]["responses"]["204"]
    )


def test_codes_and_sign_in_are_named() -> None:
    paths = describe(ROUTES)["paths"]
    post = paths["/api/shops/{shop_id}/things"]["post"]
    problem = post["responses"]["default"]["content"]["application/problem+json"]["schema"]
    assert "sold_out" in problem["allOf"][1]["properties"]["code"]["enum"]
    assert post["security"] == [{"bearer": []}, {"cookie": []}]
    assert "security" not in paths["/api/things"]["get"]


def test_operations_have_distinct_names() -> None:
    names = [
        operation["operationId"]
        for path in describe(ROUTES)["paths"].values()
        for operation in path.values()
    ]
    assert len(set(names)) == len(names)
