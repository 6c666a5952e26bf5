"""The built pages: cached for ever where they may be, never where they may not."""

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import pytest_asyncio

from live.config import Settings
from live.web.application import build_application
from live.web.page_heads import PageHead
from live.web.static import SECURITY_HEADERS
from tests.support.people import KnownPeople
from tests.support.serving import Caller, serving

pytestmark = pytest.mark.asyncio

INDEX = '<head><meta name="description" content="all" /><title>index</title></head>'


async def head_of(event_id: str) -> PageHead | None:
    if event_id != "evt_pineapple":
        return None
    return PageHead('菠萝 "大" <script>\\1', "广东省徐闻县")


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Caller]:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text(INDEX)
    (static / "assets" / "app-3f2a.js").write_text("let a = 1")
    (static / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    application = build_application(
        [], authenticator=KnownPeople(), settings=Settings(trusted_proxies="127.0.0.1"),
        static=static, heads={"/events/": head_of},
    )  # fmt: skip
    async with serving(application) as caller:
        yield caller


async def test_the_index_is_never_from_a_cache(server: Caller) -> None:
    for path in ("/", "/index.html", "/events/evt_1", "/host", "/api-docs"):
        answer = await server.get(path)
        assert (answer.status, answer.raw) == (200, INDEX.encode()), path
        assert answer.headers["Cache-Control"] == "no-cache"
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value


async def test_assets_are_kept_for_ever(server: Caller) -> None:
    answer = await server.get("/assets/app-3f2a.js")
    assert answer.raw == b"let a = 1"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "javascript" in answer.headers["Content-Type"]
    assert (await server.call("HEAD", "/assets/app-3f2a.js")).status == 200


async def test_files_at_the_top_are_revalidated(server: Caller) -> None:
    answer = await server.get("/favicon.svg")
    assert answer.headers["Cache-Control"] == "no-cache"
    again = await server.get("/favicon.svg", headers={"If-None-Match": answer.headers["Etag"]})
    assert again.status == 304


async def test_a_file_of_another_build_is_not_the_index(server: Caller) -> None:
    for path in ("/assets/app-0000.js", "/robots.txt", "/assets/"):
        answer = await server.get(path)
        assert (answer.status, answer.code) == (404, "not_found"), path


async def test_nothing_outside_the_directory(server: Caller) -> None:
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt",
                 "//secret.txt", "/%00", "/assets/%00.js"):  # fmt: skip
        assert b"secret" not in (await server.get(path)).raw, path


async def test_transport_security_is_promised_over_https_only(server: Caller) -> None:
    assert "Strict-Transport-Security" not in (await server.get("/")).headers
    secure = await server.get("/", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" in secure.headers


async def test_without_a_build_it_says_so(tmp_path: Path) -> None:
    application = build_application(
        [], authenticator=KnownPeople(), settings=Settings(), static=tmp_path / "none"
    )
    async with serving(application) as caller:
        assert (await caller.get("/")).code == "pages_not_built"


async def test_a_rooms_address_tells_previews_of_its_event(server: Caller) -> None:
    answer = await server.get("/events/evt_pineapple", headers={"X-Forwarded-Proto": "https"})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    for name in SECURITY_HEADERS:
        assert name in answer.headers
    told = _Told()
    told.feed(answer.raw.decode())
    title = '菠萝 "大" <script>\\1'
    assert (told.title, told.tags) == (title, {"title", "head", "meta"})
    origin = server.origin.replace("http:", "https:")
    assert told.meta == {
        "description": "广东省徐闻县", "og:type": "website", "og:title": title,
        "og:description": "广东省徐闻县", "og:url": f"{origin}/events/evt_pineapple",
        "og:image": f"{origin}/share.jpg",
    }  # fmt: skip
    assert (await server.call("HEAD", "/events/evt_pineapple")).status == 200


class _Told(HTMLParser):
    """What a program that shows previews reads."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.tags: set[str] = set()
        self.title = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        of = dict(attributes)
        if tag == "meta":
            self.meta[of.get("property") or of["name"] or ""] = of["content"] or ""

    def handle_data(self, data: str) -> None:
        self.title += data


async def test_a_page_gives_a_browser_a_word_to_be_counted_by_for_a_day(server: Caller) -> None:
    answer = await server.get("/events/evt_1")
    cookie = answer.headers["Set-Cookie"]
    word, *terms = cookie.split("; ")
    assert word.startswith("live_viewer=")
    assert {"Max-Age=86400", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(terms)
    again = await server.get("/", headers={"Cookie": word})
    assert "Set-Cookie" not in again.headers
    forged = await server.get("/", headers={"Cookie": "live_viewer=chosen by somebody"})
    assert "Set-Cookie" in forged.headers
    room = await server.get("/events/evt_pineapple")  # which tells previews of itself
    assert room.headers["Set-Cookie"].startswith("live_viewer=")
    asset = await server.get("/assets/app-3f2a.js")  # from caches, so the same for everybody
    assert "Set-Cookie" not in asset.headers
