"""What a page's own address tells programs that show a preview of it, such as WeChat. Pure.

Those run no script, so it is written into the index that the server sends: title, description
and the OpenGraph properties (https://ogp.me), all escaped.
"""

import re
from collections.abc import Awaitable, Callable
from html import escape
from typing import NamedTuple

IMAGE = "/share.jpg"

_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_DESCRIPTION = re.compile(r'<meta\s+name="description"[^>]*>')
_END = "</head>"


class PageHead(NamedTuple):
    title: str
    description: str


# The rest of the path → what its page tells; None where there is nothing of that name.
HeadOf = Callable[[str], Awaitable[PageHead | None]]


def with_head(index: str, head: PageHead, *, origin: str, path: str) -> str:
    """The index with this head.

    Args:
        origin: such as ``https://live.example``, since previews want whole addresses.
    """
    properties = {
        "og:type": "website",
        "og:title": head.title,
        "og:description": head.description,
        "og:url": origin + path,
        "og:image": origin + IMAGE,
    }
    tags = [_tag("name", "description", head.description)]
    tags += [_tag("property", name, content) for name, content in properties.items()]
    plain = _DESCRIPTION.sub("", index)
    # Functions: in a replacement text a backslash would mean something.
    titled = _TITLE.sub(lambda _: f"<title>{escape(head.title)}</title>", plain, count=1)
    return titled.replace(_END, "".join(tags) + _END, 1)


def _tag(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}" />'
