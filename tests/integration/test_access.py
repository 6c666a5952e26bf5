"""Every route lets in exactly those that it says: all routes × all roles."""

from live.storage.redis import RedisClient
from live.values import Role
from tests.support.access import walk
from tests.support.fair import fair


async def test_every_route_lets_in_whom_it_says(database_url: str, redis: RedisClient) -> None:
    async with fair(database_url, redis) as whole:
        people = 0

        async def token_of(role: Role) -> str:
            # A fresh person for each call: some calls end the session that makes them.
            nonlocal people
            people += 1
            return (await whole.tokens(people, role))[-1]

        routes = [route for feature in whole.platform.features for route in feature.routes]
        assert len(routes) > 40
        assert await walk(routes, whole.caller, token_of) == []
