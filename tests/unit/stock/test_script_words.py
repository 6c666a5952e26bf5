"""The Lua scripts and the rules speak the same words: a reply that Python cannot read is lost."""

import re
from importlib.resources import files

from live.stock.rules import Admission, HoldState, Settlement


def _lua(name: str) -> str:
    return files("live.stock").joinpath(f"{name}.lua").read_text(encoding="utf-8")


def test_reserve_replies_with_every_word_of_admission_and_no_other() -> None:
    words = set(re.findall(r"word = '(\w+)'", _lua("reserve")))
    assert words == {word.value for word in Admission}


def test_a_hold_is_written_in_the_states_that_python_reads() -> None:
    assert f" {HoldState.RESERVED}'" in _lua("reserve")
    assert f" {HoldState.SOLD}'" in _lua("settle")


def test_a_sale_s_word_is_the_state_it_leads_to() -> None:
    # settle.lua compares one with the other to see that nothing is left to do.
    assert Settlement.SOLD.value == HoldState.SOLD.value
    assert Settlement.RELEASED.value not in {state.value for state in HoldState}
