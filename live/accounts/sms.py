"""How a sign-in code reaches a phone."""

from typing import Protocol

import aiohttp
import structlog

from live.config import Settings
from live.errors import StartupError, Unavailable

SEND_SECONDS = 5.0  # seconds for the provider to take a message

log = structlog.get_logger(__name__)


class SmsProvider(Protocol):
    async def send_code(self, phone: str, code: str, good_seconds: int) -> None:
        """Send a sign-in code.

        Args:
            phone: E.164.
            code: six digits.

        Raises: Unavailable where the provider does not take it.
        """
        ...


class LogSms:
    """Prints the code to the server's log instead: for the demo and the sandbox only."""

    async def send_code(self, phone: str, code: str, good_seconds: int) -> None:
        # The one place where a whole phone number is logged: here the log is the phone.
        log.info("sign-in code", sms_to=phone, sms_code=code, good_seconds=good_seconds)


class HttpSms:
    """Hands codes to a gateway of yours: ``POST {phone, code, good_seconds}``, any 2xx is taken.

    Every provider has its own signature and template ids; a few lines at that address speak to
    whichever it is.

    Args:
        token: sent as a bearer token, where there is one.
    """

    def __init__(self, url: str, token: str = "") -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def send_code(self, phone: str, code: str, good_seconds: int) -> None:
        message = {"phone": phone, "code": code, "good_seconds": good_seconds}
        timeout = aiohttp.ClientTimeout(total=SEND_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=self._headers) as session,
                session.post(self._url, json=message) as reply,
            ):
                if reply.ok:
                    return
                error = f"status {reply.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            error = type(failure).__name__
        log.error("the SMS gateway does not take codes", error=error)
        raise Unavailable(
            "sms_unavailable", "Codes cannot be sent just now.", retry_after_seconds=30
        )


def sms_provider(settings: Settings) -> SmsProvider:
    """The provider that the settings name.

    Raises: StartupError where there is none, and the sandbox is not allowed either.
    """
    if settings.sms_url:
        token = settings.sms_token.get_secret_value() if settings.sms_token else ""
        return HttpSms(settings.sms_url, token)
    if settings.allow_sandbox:
        return LogSms()
    raise StartupError("LIVE_SMS_URL is not set: sign-in codes would reach nobody")
