"""What rooms are made to show in random histories: values that Hypothesis draws."""

from typing import Any

from hypothesis import strategies as st

ENTRIES = {
    "chat": '{"name":"晓雨","role":"viewer","text":"甜吗 😀 \\" \\\\"}',
    "orders": '{"offer_id":"off_1","count":3,"names":["李**"]}',
    "pin": '{"offer_id":"off_1","title":"菠萝"}',
    "unheard_of": "{}",
}

counts = st.integers(0, 3)
offer_ids = st.lists(st.sampled_from(["off_1", "off_2", "off_3"]), unique=True)
# How many times a frame reaches the viewer.
times = st.sampled_from([1, 1, 1, 1, 1, 0, 2])
chats = st.builds(lambda seconds: {"interval_seconds": seconds}, counts)


@st.composite
def stocks(draw: st.DrawFn) -> dict[str, Any]:
    reserved, sold, available = draw(counts), draw(counts), draw(counts)
    return {
        "allotment": reserved + sold + available,
        "available": available,
        "reserved": reserved,
        "sold": sold,
        "status": draw(st.sampled_from(["open", "sold_out", "closed"])),
    }


@st.composite
def queues(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "status": draw(st.sampled_from(["gathering", "open"])),
        "waiting": draw(counts),
        "admitted": draw(counts),
        "per_minute": 60,
        "epoch": draw(st.sampled_from(["", "e1", "e2"])),
        "draw": "",
    }


@st.composite
def giveaways(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "giveaway_id": draw(st.sampled_from(["gvw_1", "gvw_2"])),
        "status": draw(st.sampled_from(["open", "closed", "drawn"])),
        "entries": draw(counts),
    }


@st.composite
def coupon_drops(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "drop_id": draw(st.sampled_from(["cpd_1", "cpd_2"])),
        "status": draw(st.sampled_from(["open", "gone", "ended"])),
        "quantity": 3,
        "claimed": draw(counts),
    }


# What a room shows beside its offers: the name of each part, and what its one item may be.
parts = st.fixed_dictionaries(
    {
        "queue": st.none() | queues(),
        "chat": chats,
        "giveaway": st.none() | giveaways(),
        "coupon_drop": st.none() | coupon_drops(),
    }
)
