"""What counts as a link, and what people write about fruit does not."""

import pytest

from live.moderation.links import has_link


@pytest.mark.parametrize(
    "text",
    [
        "http://a.cn/x",
        "看 www.example.com 吧",
        "去taobao.com搜",
        "ｂａｉｄｕ．ｃｏｍ",
        "taobao . com",
        "taobao。com",
        "taobao点com",
        "t.cn/abc",
        "good.shop",
        "me@example.com",
    ],
)
def test_link(text: str) -> None:
    assert has_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "19.9元",
        "3.5斤/箱",
        "好吃.我要",
        "等一下...好",
        "2020.2.19",
        "你好。真甜",
        "10:30开播",
        "A.B.C",
        "v1.0",
        "50%",
    ],
)
def test_no_link(text: str) -> None:
    assert not has_link(text)
