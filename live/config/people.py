"""Who is believed, and how people sign in."""

from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class Trust(BaseModel):
    """Trust"""

    secret: SecretStr | None = Field(None, description="signs tokens; required outside the demo")
    allow_sandbox: bool = Field(
        False, description="allow sandbox payment and codes printed to the log"
    )
    trusted_proxies: str = Field(
        "", description="comma-separated networks whose X-Forwarded-For is believed"
    )
    allowed_origins: str = Field("", description="comma-separated origins besides the server's own")
    metrics_public: bool = Field(False, description="serve /metrics to other than loopback")
    session_days: int = Field(30, description="days a sign-in lasts", ge=1)
    session_recheck_seconds: int = Field(
        5, description="seconds a verified token is trusted before it is looked up again", ge=0
    )
    ticket_seconds: int = Field(60, description="seconds a WebSocket ticket is good for", ge=1)


class SignInCodes(BaseModel):
    """Sign-in codes"""

    sms_url: str | None = Field(
        None, description="gateway that sign-in codes are POSTed to; required outside the sandbox"
    )
    sms_token: SecretStr | None = Field(None, description="bearer token for the SMS gateway")
    code_seconds: int = Field(300, description="seconds a sign-in code is good for", ge=1)
    code_attempts_max: int = Field(5, description="wrong tries before a code is void", ge=1)
    codes_per_phone_hour: int = Field(5, description="codes sent to one phone an hour", ge=1)
    codes_per_phone_burst: int | None = Field(
        None, description="… and at once; unset: an hour's", ge=1
    )
    codes_per_address_hour: int = Field(
        3_000,
        description="codes sent for one network address an hour; a carrier has thousands of"
        " phones behind one",
        ge=1,
    )
    codes_per_address_burst: int | None = Field(
        None, description="… and at once; unset: an hour's", ge=1
    )
    sign_in_tries_per_address_minute: int = Field(
        600, description="codes tried from one network address a minute", ge=1
    )
    sign_in_tries_per_address_burst: int | None = Field(
        None, description="… and at once; unset: a minute's", ge=1
    )


class Captcha(BaseModel):
    """Captcha"""

    captcha: Literal["none", "turnstile", "hcaptcha", "recaptcha"] = Field(
        "none", description="who tells people from machines where many codes are asked for"
    )
    captcha_site_key: str = Field("", description="the widget's key, which pages are told")
    captcha_secret: SecretStr | None = Field(None, description="the key to ask the service with")
    captcha_verify_url: str | None = Field(
        None, description="its siteverify; unset: the service's own"
    )
    captcha_after_codes: int = Field(
        2, description="codes for one phone an hour before a captcha is asked for", ge=1
    )
    captcha_after_codes_address: int = Field(
        60, description="codes for one network address an hour before a captcha is asked for", ge=1
    )
