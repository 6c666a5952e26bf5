"""Which payment providers this installation has: those that are configured in full.

Each adapter is imported where it is configured: the SDKs and their ciphers cost a process 24 MB
and half a second of its start.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from yarl import URL

from live.clock import Clock
from live.config import Settings
from live.errors import StartupError
from live.feature import Feature
from live.sales.payments.calls import ProviderCalls
from live.sales.payments.provider import PaymentProvider
from live.sales.payments.sandbox import SandboxProvider
from live.values import MS_PER_SECOND

API_V3_KEY_BYTES = 32
_WECHAT = (
    "wechat_app_id", "wechat_merchant_id", "wechat_private_key_file", "wechat_certificate_serial",
    "wechat_api_v3_key", "wechat_platform_key_file", "wechat_platform_key_id",
)  # fmt: skip
_WECHAT_WAYS = ("h5", "native")
_ALIPAY = (
    "alipay_app_id", "alipay_seller_id", "alipay_private_key_file", "alipay_platform_key_file",
)  # fmt: skip

_Lifespan = Callable[[], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class ConfiguredProviders:
    """
    Attributes:
        providers: by name.
        feature: what must live for them to be reached.
    """

    providers: Mapping[str, PaymentProvider]
    feature: Feature


def configured_providers(
    settings: Settings, clock: Clock, *, sandbox_key: bytes, own_url: str
) -> ConfiguredProviders:
    """Nothing is connected yet.

    Args:
        own_url: where this very server can be reached from this machine: the sandbox is on it.

    Raises: StartupError where a provider is configured in part, or nobody could pay.
    """
    found: list[PaymentProvider] = []
    lifespans: list[_Lifespan] = []
    if _is_named(settings, _WECHAT):
        products, lifespan = _wechat(settings, clock)
        found += products
        lifespans.append(lifespan)
    if _is_named(settings, _ALIPAY):
        page, lifespan = _alipay(settings, clock)
        found.append(page)
        lifespans.append(lifespan)
    if settings.allow_sandbox:
        sandbox = SandboxProvider(sandbox_key)
        sandbox.notify_url = f"{own_url}/api/payments/{sandbox.name}/notify"
        found.append(sandbox)
        lifespans.append(sandbox.delivering)
    if not found:
        raise StartupError(
            "no payment provider is configured (LIVE_WECHAT_…, LIVE_ALIPAY_…);"
            " LIVE_ALLOW_SANDBOX=1 allows the sandbox, which takes no money"
        )
    feature = Feature(name="payment providers", lifespans=lifespans)
    return ConfiguredProviders({provider.name: provider for provider in found}, feature)


def _wechat(settings: Settings, clock: Clock) -> tuple[Sequence[PaymentProvider], _Lifespan]:
    from live.sales.payments.merchant_keys import private_key, public_key  # noqa: PLC0415
    from live.sales.payments.wechat import WechatApi, WechatMerchant, WechatPay  # noqa: PLC0415

    text = _all_of(settings, _WECHAT)
    if len(text["wechat_api_v3_key"].encode()) != API_V3_KEY_BYTES:
        raise StartupError(f"LIVE_WECHAT_API_V3_KEY must have {API_V3_KEY_BYTES} characters")
    ways = [way.strip() for way in settings.wechat_ways.split(",") if way.strip()]
    if not ways or not set(ways) <= set(_WECHAT_WAYS):
        raise StartupError(f"LIVE_WECHAT_WAYS must name some of {', '.join(_WECHAT_WAYS)}")
    merchant = WechatMerchant(
        app_id=text["wechat_app_id"],
        merchant_id=text["wechat_merchant_id"],
        certificate_serial=text["wechat_certificate_serial"],
        private_key=private_key(
            Path(text["wechat_private_key_file"]), "LIVE_WECHAT_PRIVATE_KEY_FILE"
        ),
        api_v3_key=text["wechat_api_v3_key"],
        platform_key=public_key(
            Path(text["wechat_platform_key_file"]), "LIVE_WECHAT_PLATFORM_KEY_FILE"
        ),
        platform_key_id=text["wechat_platform_key_id"],
        url=_address(settings.wechat_url, "LIVE_WECHAT_URL"),
    )
    api = WechatApi(merchant, _calls(settings, "wechat"), _seconds(settings))
    products = [
        WechatPay(
            way,
            api,
            clock,
            public_url=_public_url(settings),
            message_seconds=settings.payment_message_seconds,
        )
        for way in ways
    ]
    return products, api.open


def _alipay(settings: Settings, clock: Clock) -> tuple[PaymentProvider, _Lifespan]:
    from live.sales.payments.alipay import AlipayMerchant, AlipayWap  # noqa: PLC0415
    from live.sales.payments.merchant_keys import private_key, public_key  # noqa: PLC0415

    text = _all_of(settings, _ALIPAY)
    merchant = AlipayMerchant(
        app_id=text["alipay_app_id"],
        seller_id=text["alipay_seller_id"],
        private_key=private_key(
            Path(text["alipay_private_key_file"]), "LIVE_ALIPAY_PRIVATE_KEY_FILE"
        ),
        platform_key=public_key(
            Path(text["alipay_platform_key_file"]), "LIVE_ALIPAY_PLATFORM_KEY_FILE"
        ),
        url=_address(settings.alipay_url, "LIVE_ALIPAY_URL"),
    )
    page = AlipayWap(
        merchant,
        _calls(settings, "alipay"),
        clock,
        public_url=_public_url(settings),
        read_seconds=_seconds(settings),
    )
    return page, page.open


def _calls(settings: Settings, name: str) -> ProviderCalls:
    return ProviderCalls(
        name, at_once=settings.payment_calls_max, timeout_seconds=_seconds(settings)
    )


def _seconds(settings: Settings) -> float:
    return settings.payment_timeout_ms / MS_PER_SECOND


def _is_named(settings: Settings, fields: Sequence[str]) -> bool:
    """Whether somebody began to configure it."""
    return any(_text(getattr(settings, name)) for name in fields)


def _all_of(settings: Settings, fields: Sequence[str]) -> dict[str, str]:
    """Raises: StartupError that names what is missing, none of what is there."""
    text = {name: _text(getattr(settings, name)) for name in fields}
    if missing := [f"LIVE_{name.upper()}" for name, value in text.items() if not value]:
        raise StartupError(
            f"a payment provider is configured in part; missing: {', '.join(missing)}"
        )
    return text


def _text(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")


def _public_url(settings: Settings) -> str:
    if not settings.public_url:
        raise StartupError("LIVE_PUBLIC_URL is not set: payment providers would find nobody")
    return _address(settings.public_url, "LIVE_PUBLIC_URL")


def _address(text: str, variable: str) -> str:
    """Without a slash at its end. Raises: StartupError."""
    try:
        url = URL(text)
    except ValueError as error:
        raise StartupError(f"{variable}: {error}") from error
    if url.scheme not in ("https", "http") or not url.host or url.query_string or url.fragment:
        raise StartupError(f"{variable} must be like https://live.example.com")
    return text.rstrip("/")
