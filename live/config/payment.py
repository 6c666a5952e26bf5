"""Who collects the money."""

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr


class Payment(BaseModel):
    """Payment"""

    public_url: str | None = Field(
        None,
        description="https://… where buyers and payment providers reach this server;"
        " required by a real payment provider",
    )
    payment_calls_max: int = Field(
        32, description="calls to one payment provider under way in one process", ge=1
    )
    payment_timeout_ms: int = Field(
        3_000, description="ms for one call to a payment provider before 503", ge=1
    )
    payment_quiet_seconds: int = Field(
        10, description="seconds without a word before a payment's provider is asked", ge=1
    )
    payment_query_seconds: float = Field(
        10.0, description="seconds between looks for payments without a word", gt=0
    )
    payment_message_seconds: int = Field(
        300, description="seconds by which a provider's message may be off our clock", ge=1
    )
    wechat_app_id: str | None = Field(None, description="WeChat Pay: appid bound to the merchant")
    wechat_merchant_id: str | None = Field(None, description="WeChat Pay: mchid")
    wechat_private_key_file: Path | None = Field(
        None, description="WeChat Pay: the merchant's apiclient_key.pem"
    )
    wechat_certificate_serial: str | None = Field(
        None, description="WeChat Pay: serial number of the merchant's API certificate"
    )
    wechat_api_v3_key: SecretStr | None = Field(
        None, description="WeChat Pay: APIv3 key, 32 characters"
    )
    wechat_platform_key_file: Path | None = Field(
        None, description="WeChat Pay: its public key, or its platform certificate (PEM)"
    )
    wechat_platform_key_id: str | None = Field(
        None, description="WeChat Pay: PUB_KEY_ID_…, or the platform certificate's serial number"
    )
    wechat_ways: str = Field(
        "h5,native", description="WeChat Pay: products of the merchant, of h5 and native"
    )
    wechat_url: str = Field(
        "https://api.mch.weixin.qq.com", description="WeChat Pay: where its API is"
    )
    alipay_app_id: str | None = Field(None, description="Alipay: app id")
    alipay_seller_id: str | None = Field(None, description="Alipay: the merchant's PID, 2088…")
    alipay_private_key_file: Path | None = Field(
        None, description="Alipay: the application's private key (PEM)"
    )
    alipay_platform_key_file: Path | None = Field(
        None, description="Alipay: Alipay's public key for this application (PEM)"
    )
    alipay_url: str = Field(
        "https://openapi.alipay.com/gateway.do", description="Alipay: its gateway"
    )
