"""Alipay's gateway, as far as the page for phones needs it."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp import web

from tests.support.counterpart import (
    Counterpart,
    Told,
    Trade,
    is_signed,
    private_file,
    public_file,
    sign,
)

APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"
MERCHANT, PLATFORM = "alipay merchant", "alipay platform"


class AlipayCounterpart(Counterpart):
    platform = PLATFORM
    provider = "alipay_wap"

    def settings(self, directory: Path) -> dict[str, Any]:
        return {
            "public_url": "https://shop.test",
            "alipay_url": f"{self.url}/gateway.do",
            "alipay_app_id": APP_ID,
            "alipay_seller_id": SELLER_ID,
            "alipay_private_key_file": private_file(directory, MERCHANT),
            "alipay_platform_key_file": public_file(directory, PLATFORM),
        }

    async def visit(self, action: Mapping[str, Any]) -> str:
        assert action["type"] == "redirect"
        async with aiohttp.ClientSession() as browser, browser.get(action["url"]) as page:
            assert page.status == 200, await page.text()
            return await page.text()

    def told(self, payment_id: str, **changes: Any) -> Told:
        trade = self.trades[payment_id]
        said = {
            "app_id": APP_ID,
            "seller_id": SELLER_ID,
            "notify_time": "2026-02-19 10:00:00",
            "notify_type": "trade_status_sync",
            "charset": "utf-8",
            "version": "1.0",
            "subject": "徐闻菠萝 & 凤梨=好吃",
            "body": "",
            "refund_fee": "0.00",
            **self._trade(payment_id),
            **changes,
        }
        signature = sign(self.signer, _in_order(said))
        form = said | {"sign_type": "RSA2", "sign": signature}
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        return Told(urlsplit(trade.notify_url).path, headers, urlencode(form).encode())

    def _trade(self, payment_id: str) -> dict[str, str]:
        trade = self.trades[payment_id]
        states = {"open": "WAIT_BUYER_PAY", "paid": "TRADE_SUCCESS", "closed": "TRADE_CLOSED"}
        return {
            "out_trade_no": payment_id,
            "trade_no": f"2026{payment_id}",
            "trade_status": states[trade.state],
            "total_amount": trade.amount,
        }

    def _routes(self) -> list[web.RouteDef]:
        return [web.get("/gateway.do", self._gateway)]

    async def _gateway(self, request: web.Request) -> web.Response:
        said = dict(request.query)
        signature = said.pop("sign", "")
        if said["app_id"] != APP_ID or not is_signed(MERCHANT, _in_order(said), signature):
            return web.json_response(
                {"error_response": {"code": "40002", "sub_code": "isv.invalid-signature"}}
            )
        assert len(said["timestamp"]) == len("2026-02-19 10:00:00")
        asked = json.loads(said["biz_content"])
        method = said["method"]
        if method == "alipay.trade.wap.pay":
            return self._page(said, asked)
        trade = self.trades.get(asked["out_trade_no"])
        if trade is None:
            return self._answer(method, {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"})
        deed = {
            "alipay.trade.query": self._query,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._refund_query,
        }[method]
        return self._answer(method, deed(trade, asked))

    def _page(self, said: Mapping[str, str], asked: dict[str, Any]) -> web.Response:
        assert said["return_url"] == "https://shop.test/orders"
        assert asked["product_code"] == "QUICK_WAP_WAY"
        amount = asked["total_amount"]
        assert isinstance(amount, str)
        assert Decimal(amount).as_tuple().exponent == -2
        payment_id = str(asked["out_trade_no"])
        self.trades.setdefault(payment_id, Trade(said["notify_url"], amount, asked))
        return web.Response(text=payment_id)

    def _query(self, trade: Trade, asked: dict[str, Any]) -> dict[str, Any]:
        return _ok(self._trade(asked["out_trade_no"]))

    def _close(self, trade: Trade, asked: dict[str, Any]) -> dict[str, Any]:
        if trade.state != "open":
            return {"code": "40004", "sub_code": "ACQ.REASON_TRADE_STATUS_INVALID"}
        trade.state = "closed"
        return _ok({"out_trade_no": asked["out_trade_no"]})

    def _refund(self, trade: Trade, asked: dict[str, Any]) -> dict[str, Any]:
        number, amount = asked["out_request_no"], Decimal(asked["refund_amount"])
        if number in trade.refunds:
            return _ok({"fund_change": "N", "refund_fee": str(trade.refunds[number])})
        if sum(trade.refunds.values(), amount) > Decimal(trade.amount):
            return {"code": "40004", "sub_code": "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"}
        trade.refunds[number] = amount
        return _ok({"fund_change": "Y", "refund_fee": str(amount)})

    def _refund_query(self, trade: Trade, asked: dict[str, Any]) -> dict[str, Any]:
        done = asked["out_request_no"] in trade.refunds
        return _ok({"refund_status": "REFUND_SUCCESS"} if done else {})

    def _answer(self, method: str, payload: dict[str, Any]) -> web.Response:
        words = json.dumps(payload, ensure_ascii=False)
        signature = sign(self.signer, words)
        name = method.replace(".", "_") + "_response"
        return web.Response(
            text=f'{{"{name}":{words},"sign":"{signature}"}}', content_type="application/json"
        )


def _ok(found: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": "10000", "msg": "Success", **found}


def _in_order(said: Mapping[str, Any]) -> str:
    """What is signed: all fields in alphabetical order."""
    return "&".join(f"{name}={said[name]}" for name in sorted(said))
