"""Which payment providers the settings make."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from live.clock import ManualClock
from live.config import Settings
from live.errors import StartupError
from live.sales.payments.configured import configured_providers
from live.sales.payments.merchant_keys import private_key, public_key
from tests.support.alipay_counterpart import AlipayCounterpart
from tests.support.counterpart import key_of, private_file, public_file
from tests.support.wechat_counterpart import API_V3_KEY, WechatCounterpart


def wechat(directory: Path, **changes: Any) -> dict[str, Any]:
    return {
        **WechatCounterpart("h5").settings(directory),
        "wechat_url": "https://wechat.test",
        **changes,
    }


def alipay(directory: Path, **changes: Any) -> dict[str, Any]:
    return {
        **AlipayCounterpart().settings(directory),
        "alipay_url": "https://alipay.test/gateway.do",
        **changes,
    }


def names(**settings: Any) -> list[str]:
    found = configured_providers(
        Settings(**settings), ManualClock(), sandbox_key=b"key", own_url="http://127.0.0.1:1"
    )
    return list(found.providers)


def refusal(**settings: Any) -> str:
    with pytest.raises(StartupError) as refused:
        names(**settings)
    said = str(refused.value)
    assert API_V3_KEY not in said
    assert "PRIVATE KEY" not in said.replace("PRIVATE_KEY", "")
    return said


def test_each_is_offered_only_where_it_is_configured(tmp_path: Path) -> None:
    assert names(allow_sandbox=True) == ["sandbox"]
    assert names(**wechat(tmp_path)) == ["wechat_h5", "wechat_native"]
    assert names(**wechat(tmp_path, wechat_ways="native")) == ["wechat_native"]
    assert names(**alipay(tmp_path)) == ["alipay_wap"]
    assert "no payment provider" in refusal()


@pytest.mark.parametrize(
    "left_out", ["wechat_app_id", "wechat_api_v3_key", "wechat_platform_key_id"]
)
def test_what_is_missing_is_named(tmp_path: Path, left_out: str) -> None:
    said = refusal(**wechat(tmp_path, **{left_out: None}))
    assert said.endswith(f"missing: LIVE_{left_out.upper()}")


def test_half_an_alipay_is_refused_even_beside_the_sandbox(tmp_path: Path) -> None:
    said = refusal(allow_sandbox=True, **alipay(tmp_path, alipay_seller_id=""))
    assert "LIVE_ALIPAY_SELLER_ID" in said


@pytest.mark.parametrize("url", [None, "shop.test", "ftp://shop.test", "https://shop.test/?a=1"])
def test_providers_must_find_us(tmp_path: Path, url: str | None) -> None:
    assert "LIVE_PUBLIC_URL" in refusal(**alipay(tmp_path, public_url=url))


def test_other_settings_that_make_no_sense(tmp_path: Path) -> None:
    assert "LIVE_WECHAT_WAYS" in refusal(**wechat(tmp_path, wechat_ways="jsapi"))
    assert "32 characters" in refusal(**wechat(tmp_path, wechat_api_v3_key="short"))
    lost = tmp_path / "lost.pem"
    assert f"cannot read {lost}" in refusal(**alipay(tmp_path, alipay_private_key_file=lost))


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    assert API_V3_KEY not in repr(Settings(**wechat(tmp_path)))


def test_keys_are_read_however_they_were_saved(tmp_path: Path) -> None:
    key, path = key_of("alipay merchant"), tmp_path / "key"
    wanted = private_file(tmp_path, "alipay merchant").read_text()
    for encoding, layout in (
        (Encoding.PEM, PrivateFormat.PKCS8),
        (Encoding.PEM, PrivateFormat.TraditionalOpenSSL),
        (Encoding.DER, PrivateFormat.PKCS8),
    ):
        raw = key.private_bytes(encoding, layout, NoEncryption())
        path.write_bytes(b64encode(raw) if encoding is Encoding.DER else raw)
        assert private_key(path, "LIVE_X") == wanted
    public = public_file(tmp_path, "alipay merchant").read_text()
    raw = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    path.write_bytes(b64encode(raw))
    assert public_key(path, "LIVE_X") == public
    path.write_bytes(_certificate())
    assert public_key(path, "LIVE_X") == public


def test_what_is_no_rsa_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    curve = ec.generate_private_key(ec.SECP256R1())
    for raw in (
        b"",
        b"nonsense!",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ):
        path.write_bytes(raw)
        with pytest.raises(StartupError, match=r"LIVE_X: .* holds no RSA private key"):
            private_key(path, "LIVE_X")
        with pytest.raises(StartupError, match=r"LIVE_X: .* holds no RSA public key"):
            public_key(path, "LIVE_X")


def _certificate() -> bytes:
    key, name = key_of("alipay merchant"), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(days=9))
    ).sign(key, SHA256())
    return built.public_bytes(Encoding.PEM)
