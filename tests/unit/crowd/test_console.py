"""Claims about the progress on a terminal, and where there is none."""

import io

import msgspec
import pytest
from rich.console import Console

from live.crowd.console import CrowdConsole
from live.crowd.plan import OfferProgress, Progress

TERMS = {"off_1": (1990, 3000), "off_2": (1290, 1500)}
PROGRESS = Progress(
    orders=1500,
    room_viewers=2000,
    offers=[
        OfferProgress("off_1", "[red]徐闻菠萝 6斤装", 10, 5, 1000, "open"),
        OfferProgress("off_2", "徐闻菠萝 3斤装", 0, 0, 500, "sold_out"),
    ],
    lines=["果友k7m2：[加油]来了来了"],
)


def console(*, is_terminal: bool) -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, force_terminal=is_terminal, width=140, highlight=False), out


def test_without_a_terminal_a_line_now_and_then_tells_boxes_jin_and_money() -> None:
    shown, out = console(is_terminal=False)
    with CrowdConsole(shown, "title", TERMS) as view:
        view.show(PROGRESS)
        view.show(PROGRESS)  # too soon for another line
    assert out.getvalue().count("viewers 2,000") == 1
    assert "sold 1,500 boxes, 7,500 jin, ¥26,350.00" in " ".join(out.getvalue().split())


def test_a_terminal_shows_each_offer_and_what_people_say_as_they_say_it() -> None:
    shown, out = console(is_terminal=True)
    with CrowdConsole(shown, "title", TERMS) as view:
        view.show(PROGRESS)
    for part in ("[red]徐闻菠萝 6斤装", "sold_out", "[加油]来了来了"):
        assert part in out.getvalue()
    assert "broke its word" not in out.getvalue()


@pytest.mark.parametrize("broken", [{"holes": 3}, {"faults": {"sum_wrong": 1}}])
def test_a_broken_promise_of_the_room_is_shown(broken: dict[str, object]) -> None:
    shown, out = console(is_terminal=True)
    with CrowdConsole(shown, "title", TERMS) as view:
        view.show(msgspec.structs.replace(PROGRESS, **broken))
    assert "broke its word" in out.getvalue()
