"""Whether a chat message has a link. Pure."""

import re
import unicodedata

from linkify_it import LinkifyIt

# Beyond countries' domains, which the library knows: those that are used to lead people away.
_DOMAINS = (
    "com", "net", "org", "info", "biz", "top", "vip", "xyz", "shop", "club", "ltd", "link", "site",
    "store", "online", "live", "fun", "ink", "wang", "work", "app", "dev", "icu", "tech",
)  # fmt: skip
# Taken apart so that programs do not see it: "taobao . com", "taobao点com".
_SPACED = re.compile(r"[a-z0-9-]\s*[.。点]\s*(?:com|cn|net|org|top|vip|xyz|cc|shop)(?![a-z0-9])")

_LINKS = LinkifyIt().tlds(list(_DOMAINS), keep_old=True)


def has_link(text: str) -> bool:
    """Web addresses with or without a scheme, and mail addresses."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return bool(_LINKS.test(folded)) or _SPACED.search(folded) is not None
