"""The Xuwen pineapple event: what is sold, by whom, and the script of the show. Pure content.

Figures follow the real event of 19 February 2020 (300,000 jin, some 50,000 orders of six jin);
all people, firms and lines are invented.
"""

from dataclasses import dataclass
from enum import StrEnum

from live.values import GRAMS_PER_JIN

COUNTY_CODE = "440825"  # Xuwen, Zhanjiang, Guangdong
JIN_PER_ORDER = 6  # on average: what N orders take away together is 6 jin x N, exactly
PER_BUYER_LIMIT = 2  # units of one offer
# Too far for fresh fruit by road in February: Tibet, Xinjiang.
UNDELIVERABLE_PROVINCES = ("540000", "650000")

EVENT_TITLE = "徐闻菠萝：县长请你来菠萝的海"
EVENT_PLACE = "广东徐闻 · 曲界镇菠萝田"
EVENT_DESCRIPTION = (
    "北纬20度，中国大陆最南端，三分之一的国产菠萝长在这里。"
    "今天县长和乡亲们轮流出镜：现摘、现削、现炒一锅菠萝饭，田头直发，48小时内发货。"
)
NEXT_EVENT_TITLE = "徐闻菠萝返场：第二茬鲜果"
NEXT_EVENT_DESCRIPTION = "没抢到的乡亲别急，第二茬明天上午接着摘。"
LIST_PRICE_BASIS = "2020年1月本店日常售价"

CLOSING_LINE = "卖完了！谢谢大家，乡亲们的菠萝有着落了！"

HOST_NAME = "林知夏（徐闻县县长）"
OPERATOR_NAME = "运营·周末"


@dataclass(frozen=True, slots=True)
class Producer:
    name: str
    kind: str


PRODUCERS = (
    Producer("曲界红土地菠萝合作社", "cooperative"),
    Producer("田洋村陈阿伯家", "household"),
    Producer("愚公楼果业", "company"),
)
PRODUCT_NAME = "徐闻菠萝（巴厘种）"
PRODUCT_NAME_EN = "Xuwen pineapple (Bali)"
PRODUCT_DESCRIPTION = "火山红土种植，果肉金黄，甜中带酸，削皮后淡盐水浸泡五分钟更好吃。"


@dataclass(frozen=True, slots=True)
class OfferPlan:
    """One offer of the show.

    Args:
        jin: net weight of one box.
        opens_seconds: after the event's start, at speed 1.
        producer: which of ``PRODUCERS`` grew it.
    """

    title: str
    jin: int
    price_fen: int
    list_price_fen: int
    opens_seconds: float
    producer: int

    @property
    def unit_grams(self) -> int:
        return self.jin * GRAMS_PER_JIN


OFFERS = (
    OfferPlan("【开场秒杀】徐闻菠萝 6斤装", 6, 1990, 3290, 20, 0),
    OfferPlan("【尝鲜小箱】徐闻菠萝 3斤装", 3, 1290, 1990, 65, 1),
    OfferPlan("【全家大箱】徐闻菠萝 9斤装", 9, 2790, 4590, 110, 2),
    OfferPlan("【县长加推】徐闻菠萝 6斤装", 6, 1890, 3290, 155, 0),
    OfferPlan("【乡亲返场】徐闻菠萝 3斤装", 3, 1190, 1990, 200, 1),
    OfferPlan("【收官大箱】徐闻菠萝 9斤装", 9, 2690, 4590, 245, 2),
)
WAVE_SECONDS = 38.0  # how long the rush on one offer lasts at speed 1
JOIN_SECONDS = 60.0  # how long the room takes to fill at speed 1
# Of all boxes, the share of each offer of three or of nine jin, in percent. There are two of
# each, so as many small boxes as big ones, and the average is six jin whatever the number.
_UNEVEN_PERCENT = 15


def allotments(orders: int) -> list[int]:
    """Units of each of ``OFFERS``, so that ``orders`` boxes weigh 6 jin x ``orders`` together.

    An offer whose share is less than a box gets none: leave it out.
    """
    uneven = orders * _UNEVEN_PERCENT // 100
    even = orders - 4 * uneven
    sixes = iter(((even + 1) // 2, even // 2))
    return [next(sixes) if offer.jin == JIN_PER_ORDER else uneven for offer in OFFERS]


class CueKind(StrEnum):
    SAY = "say"  # the host speaks in the chat
    PIN = "pin"  # the offer is held up
    UNPIN = "unpin"


@dataclass(frozen=True, slots=True)
class Cue:
    """Something the host does at a moment of the show; ``offer`` is a place in ``OFFERS``."""

    at_seconds: float
    kind: CueKind
    text: str = ""
    offer: int = 0


def _offer_cues(offer: int, before: str, opening: str, last_call: str) -> list[Cue]:
    opens_seconds = OFFERS[offer].opens_seconds
    return [
        Cue(opens_seconds - 8, CueKind.SAY, before),
        Cue(opens_seconds - 5, CueKind.PIN, offer=offer),
        Cue(opens_seconds, CueKind.SAY, opening),
        Cue(opens_seconds + WAVE_SECONDS * 0.55, CueKind.SAY, last_call),
    ]


SCRIPT: tuple[Cue, ...] = tuple(
    sorted(
        [
            Cue(1, CueKind.SAY, "各位网友大家好，我在徐闻曲界的菠萝田里，身后就是菠萝的海。"),
            Cue(6, CueKind.SAY, "受疫情影响，乡亲们的果子等着出路，今天请大家帮一把。"),
            *_offer_cues(
                0,
                "先上开场秒杀，6斤装，倒计时走起来！",
                "开抢！每人限两箱。",
                "手快有手慢无，没付款的赶紧付，过期会放回来。",
            ),
            Cue(52, CueKind.SAY, "陈阿伯来教大家挑菠萝：看颜色，闻香气，弹一弹听声音。"),
            *_offer_cues(
                1,
                "下一个是3斤小箱，一个人吃刚刚好。",
                "小箱开抢！",
                "这一箱是田洋村陈阿伯家的果子。",
            ),
            Cue(97, CueKind.SAY, "现场削一个给大家看，这个汁水！"),
            *_offer_cues(
                2,
                "全家大箱9斤，分给邻居也够。",
                "大箱开抢，今天发第一车。",
                "发顺路冷链，48小时内从田头发走。",
            ),
            Cue(142, CueKind.SAY, "锅热了，菠萝炒饭马上出锅。"),
            *_offer_cues(
                3,
                "刚和合作社商量好，再加一批6斤装，价格再让一点。",
                "加推开抢！",
                "北方的朋友放心，坏果包赔。",
            ),
            Cue(187, CueKind.SAY, "谢谢武汉的朋友，祝大家都平安。"),
            *_offer_cues(
                4,
                "小箱返场，最后一批3斤装。",
                "返场开抢！",
                "没抢到的看看有没有人没付款，放回来的也能买。",
            ),
            Cue(232, CueKind.SAY, "今天最后一个链接要来了。"),
            *_offer_cues(
                5,
                "收官大箱，9斤装，卖完就收工。",
                "最后一波，开抢！",
                "乡亲们已经在装车了。",
            ),
        ],
        key=lambda cue: cue.at_seconds,
    )
)
