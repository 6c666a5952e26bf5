"""WeChat Pay APIv3, as far as a direct merchant's H5 and Native payments need it."""

import json
import re
import secrets
import time
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.support.counterpart import (
    Counterpart,
    Told,
    Trade,
    is_signed,
    private_file,
    public_file,
    sign,
)

APP_ID, MERCHANT_ID, SERIAL = "wx0123456789abcdef", "1900000001", "5157F09EFDC096DE15EBE81A47057A72"
API_V3_KEY = "0123456789abcdef0123456789abcdef"
PLATFORM_KEY_ID = "PUB_KEY_ID_0119000000012024"
MERCHANT, PLATFORM = "wechat merchant", "wechat platform"
_ALGORITHM = "WECHATPAY2-SHA256-RSA2048"
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')


class WechatCounterpart(Counterpart):
    platform = PLATFORM

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way
        self.provider = f"wechat_{way}"
        self.refund_status = "PROCESSING"

    def settings(self, directory: Path) -> dict[str, Any]:
        return {
            "public_url": "https://shop.test",
            "wechat_url": self.url,
            "wechat_app_id": APP_ID,
            "wechat_merchant_id": MERCHANT_ID,
            "wechat_private_key_file": private_file(directory, MERCHANT),
            "wechat_certificate_serial": SERIAL,
            "wechat_api_v3_key": API_V3_KEY,
            "wechat_platform_key_file": public_file(directory, PLATFORM),
            "wechat_platform_key_id": PLATFORM_KEY_ID,
        }

    async def visit(self, action: Mapping[str, Any]) -> str:
        if self.way == "native":
            assert action["type"] == "qr"
            return f"pay_{action['text'].rpartition('=')[2]}"
        assert action["type"] == "redirect"
        query = parse_qs(urlsplit(action["url"]).query)
        assert query["redirect_url"] == ["https://shop.test/orders"]
        return f"pay_{query['prepay_id'][0]}"

    def told(self, payment_id: str, **changes: Any) -> Told:
        trade = self.trades[payment_id]
        resource = json.dumps(self._transaction(payment_id) | changes)
        return self.message(urlsplit(trade.notify_url).path, "TRANSACTION.SUCCESS", resource)

    def message(
        self, path: str, kind: str, resource: str, *, key: str = API_V3_KEY, age_seconds: int = 0
    ) -> Told:
        nonce = secrets.token_hex(6)
        sealed = AESGCM(key.encode()).encrypt(nonce.encode(), resource.encode(), b"transaction")
        body = json.dumps(
            {
                "id": secrets.token_hex(16),
                "create_time": "2026-02-19T10:00:00+08:00",
                "event_type": kind,
                "resource_type": "encrypt-resource",
                "resource": {
                    "algorithm": "AEAD_AES_256_GCM",
                    "associated_data": "transaction",
                    "nonce": nonce,
                    "ciphertext": b64encode(sealed).decode(),
                },
                "summary": "支付成功",
            }
        )
        signed = self._signed(body, int(time.time()) - age_seconds)
        return Told(path, signed | {"Content-Type": "application/json"}, body.encode())

    def _signed(self, body: str, timestamp: int) -> dict[str, str]:
        nonce = secrets.token_hex(16)
        return {
            "Wechatpay-Serial": PLATFORM_KEY_ID,
            "Wechatpay-Signature-Type": _ALGORITHM,
            "Wechatpay-Timestamp": str(timestamp),
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": sign(self.signer, f"{timestamp}\n{nonce}\n{body}\n"),
        }

    def _transaction(self, payment_id: str) -> dict[str, Any]:
        trade = self.trades[payment_id]
        found = {
            "appid": APP_ID,
            "mchid": MERCHANT_ID,
            "out_trade_no": payment_id.removeprefix("pay_"),
            "trade_type": {"h5": "MWEB", "native": "NATIVE"}[self.way],
            "trade_state": {"open": "NOTPAY", "paid": "SUCCESS", "closed": "CLOSED"}[trade.state],
            "amount": trade.amount | {"payer_total": trade.amount["total"]},
        }
        return found if trade.state != "paid" else found | {"transaction_id": f"42{payment_id}"}

    def _routes(self) -> list[web.RouteDef]:
        trade = "/v3/pay/transactions/out-trade-no/{number}"
        return [
            web.post("/v3/pay/transactions/{way}", self._start),
            web.get(trade, self._query),
            web.post(f"{trade}/close", self._close),
            web.post("/v3/refund/domestic/refunds", self._refund),
        ]

    async def _start(self, request: web.Request) -> web.Response:
        asked = await self._question(request)
        number = str(asked["out_trade_no"])
        assert request.match_info["way"] == self.way
        assert 6 <= len(number) <= 32
        assert isinstance(asked["amount"]["total"], int)
        old = self.trades.get(f"pay_{number}")
        if old and (old.state == "paid" or dict(old.asked) != dict(asked)):
            return self._answer({"code": "OUT_TRADE_NO_USED", "message": "商户订单号重复"}, 403)
        if not old:
            trade = Trade(asked["notify_url"], asked["amount"], asked)
            self.trades[f"pay_{number}"] = trade
        if self.way == "native":
            return self._answer({"code_url": f"weixin://wxpay/bizpayurl?pr={number}"})
        assert asked["scene_info"]["payer_client_ip"]
        return self._answer({"h5_url": f"https://wx.test/checkmweb?prepay_id={number}&package=1"})

    async def _query(self, request: web.Request) -> web.Response:
        await self._question(request)
        assert request.query["mchid"] == MERCHANT_ID
        payment_id = f"pay_{request.match_info['number']}"
        if payment_id not in self.trades:
            return self._answer({"code": "ORDER_NOT_EXIST", "message": "订单不存在"}, 404)
        return self._answer(self._transaction(payment_id))

    async def _close(self, request: web.Request) -> web.Response:
        await self._question(request)
        trade = self.trades.get(f"pay_{request.match_info['number']}")
        if trade is None:
            return self._answer({"code": "ORDER_NOT_EXIST", "message": "订单不存在"}, 404)
        if trade.state == "paid":
            return self._answer({"code": "ORDERPAID", "message": "该订单已支付"}, 400)
        trade.state = "closed"
        return self._answer(None, 204)

    async def _refund(self, request: web.Request) -> web.Response:
        asked = await self._question(request)
        trade = self.trades[f"pay_{asked['out_trade_no']}"]
        amount = asked["amount"]
        assert amount["total"] == trade.amount["total"]
        assert len(asked["reason"].encode()) <= 80
        known = trade.refunds.setdefault(asked["out_refund_no"], amount["refund"])
        if known != amount["refund"] or sum(trade.refunds.values()) > amount["total"]:
            del trade.refunds[asked["out_refund_no"]]
            return self._answer({"code": "INVALID_REQUEST", "message": "退款金额"}, 400)
        answer = {"out_refund_no": asked["out_refund_no"], "status": self.refund_status}
        return self._answer(answer | {"amount": {**amount, "payer_total": amount["total"]}})

    async def _question(self, request: web.Request) -> dict[str, Any]:
        """The body of a call, proven to come from the merchant."""
        body = await request.text()
        scheme, _, rest = request.headers["Authorization"].partition(" ")
        said = dict(_PARAMETER.findall(rest))
        parts = (request.method, request.path_qs, said["timestamp"], said["nonce_str"], body)
        message = "".join(f"{part}\n" for part in parts)
        genuine = is_signed(MERCHANT, message, said["signature"])
        if scheme != _ALGORITHM or not genuine or said["serial_no"] != SERIAL:
            raise web.HTTPUnauthorized(text='{"code": "SIGN_ERROR"}')
        found: dict[str, Any] = json.loads(body) if body else {}
        assert found.get("mchid", MERCHANT_ID) == MERCHANT_ID
        return found

    def _answer(self, payload: Any, status: int = 200) -> web.Response:
        body = "" if payload is None else json.dumps(payload, ensure_ascii=False)
        headers = self._signed(body, int(time.time()))
        if payload is None:
            return web.Response(status=status, headers=headers)
        return web.Response(
            text=body, status=status, headers=headers, content_type="application/json"
        )
