"""Telling people from machines, where numbers alone no longer can.

A port with two adapters: none, and the ``siteverify`` call that Turnstile, hCaptcha and reCAPTCHA
have in common. Only who asks for more than people do is ever shown a widget.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import aiohttp
import structlog
from prometheus_client import Counter

from live.config import Settings
from live.errors import StartupError

VERIFY_SECONDS = 5.0  # seconds for the service to answer
CHECKS = Counter("live_captcha_checks_total", "Captchas by what the service said", ["outcome"])

log = structlog.get_logger(__name__)


class CaptchaService(NamedTuple):
    """Where a service is asked, and whose scripts and frames its widget brings."""

    verify_url: str
    origins: tuple[str, ...]


SERVICES: Mapping[str, CaptchaService] = {
    "turnstile": CaptchaService(
        "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        ("https://challenges.cloudflare.com",),
    ),
    "hcaptcha": CaptchaService(
        "https://api.hcaptcha.com/siteverify",
        ("https://hcaptcha.com", "https://*.hcaptcha.com"),
    ),
    # By the name that is reached from mainland China too.
    "recaptcha": CaptchaService(
        "https://www.recaptcha.net/recaptcha/api/siteverify",
        ("https://www.recaptcha.net", "https://www.gstatic.com", "https://www.gstatic.cn"),
    ),
}


class CaptchaVerifier(Protocol):
    @property
    def widget(self) -> Mapping[str, str]:
        """What a page needs to show one: ``captcha`` and ``site_key``; empty: none is asked for."""
        ...

    async def accepts(self, token: str) -> bool:
        """Whether a person has solved it. Where the service cannot be asked, True."""
        ...


class NoCaptcha:
    """Asks for none."""

    widget: Mapping[str, str] = {}

    async def accepts(self, token: str) -> bool:
        return True


class SiteVerify:
    """Asks the service that the widget belongs to.

    While it cannot be asked, everybody passes: the limits behind it hold all the same, and a
    carrier's thousands of phones must not wait for somebody else's outage.

    Args:
        service: one of ``SERVICES``.
        url: of its ``siteverify``.
    """

    def __init__(self, service: str, site_key: str, secret: str, url: str) -> None:
        self.widget: Mapping[str, str] = {"captcha": service, "site_key": site_key}
        self._secret = secret
        self._url = url

    async def accepts(self, token: str) -> bool:
        timeout = aiohttp.ClientTimeout(total=VERIFY_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self._url, data={"secret": self._secret, "response": token}) as reply,
            ):
                reply.raise_for_status()
                said = await reply.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            log.warning("the captcha service cannot be asked", error=type(error).__name__)
            CHECKS.labels("unreachable").inc()
            return True
        is_person = isinstance(said, dict) and said.get("success") is True
        CHECKS.labels("accepted" if is_person else "refused").inc()
        return is_person


def captcha_verifier(settings: Settings) -> CaptchaVerifier:
    """The one that the settings name. Raises: StartupError where its keys are missing."""
    if settings.captcha == "none":
        return NoCaptcha()
    if not settings.captcha_site_key or settings.captcha_secret is None:
        raise StartupError("LIVE_CAPTCHA needs LIVE_CAPTCHA_SITE_KEY and LIVE_CAPTCHA_SECRET")
    url = settings.captcha_verify_url or SERVICES[settings.captcha].verify_url
    secret = settings.captcha_secret.get_secret_value()
    return SiteVerify(settings.captcha, settings.captcha_site_key, secret, url)


def captcha_origins(settings: Settings) -> Sequence[str]:
    """Whose scripts and frames our pages must let in."""
    return () if settings.captcha == "none" else SERVICES[settings.captcha].origins
