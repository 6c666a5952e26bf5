"""Only our own pages act in a signed-in browser's name."""

import pytest
from aiohttp.test_utils import make_mocked_request

from live.web.origins import Origins

CASES = [
    # Host, Origin, Sec-Fetch-Site, admitted
    ("live.example", None, None, True),  # no browser
    ("live.example", None, "same-origin", True),
    ("live.example", None, "none", True),  # typed into the address bar
    ("live.example", None, "cross-site", False),
    ("live.example", None, "same-site", False),
    ("live.example", "https://live.example", None, True),
    ("live.example", "https://live.example:443", None, True),
    ("LIVE.example", "https://live.EXAMPLE", None, True),
    ("127.0.0.1:8080", "http://127.0.0.1:8080", None, True),
    ("127.0.0.1:8080", "http://127.0.0.1:5173", None, False),
    ("live.example", "https://evil.example", None, False),
    ("live.example", "https://evil.example", "same-origin", False),
    ("live.example", "https://live.example.evil.example", None, False),
    ("live.example", "null", None, False),
    ("live.example", "", None, False),
    ("live.example", "https://shop.example", None, True),  # allowed by name
]


@pytest.mark.parametrize(("host", "origin", "site", "is_admitted"), CASES)
def test_origins(host: str, origin: str | None, site: str | None, is_admitted: bool) -> None:
    headers = {"Host": host}
    if origin is not None:
        headers["Origin"] = origin
    if site is not None:
        headers["Sec-Fetch-Site"] = site
    origins = Origins("https://shop.example/, https://other.example")
    assert origins.admits(make_mocked_request("POST", "/", headers=headers)) is is_admitted
