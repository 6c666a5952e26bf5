"""Which payment providers this installation has."""

from live.config import Settings
from live.errors import StartupError
from live.sales.payments.sandbox import SandboxProvider


def sandbox_provider(settings: Settings, key: bytes) -> SandboxProvider:
    """The sandbox, where the settings allow it.

    Raises: StartupError where they do not: nobody could pay.
    """
    if not settings.allow_sandbox:
        raise StartupError(
            "no payment provider is configured; LIVE_ALLOW_SANDBOX=1 allows the sandbox, which"
            " takes no money"
        )
    return SandboxProvider(key)
