"""Who may do what in a chat."""

import pytest

from live.moderation.parts import Part, part_of
from live.values import Role


@pytest.mark.parametrize(
    ("account_id", "role", "is_assistant", "part"),
    [
        ("acc_host", Role.HOST, False, Part.HOST),
        ("acc_host", Role.VIEWER, False, Part.SPEAKER),
        ("acc_other", Role.HOST, False, Part.SPEAKER),
        ("acc_other", Role.HOST, True, Part.ASSISTANT),
        ("acc_1", Role.VIEWER, True, Part.ASSISTANT),
        ("acc_1", Role.VIEWER, False, Part.SPEAKER),
        ("acc_1", Role.OPERATOR, False, Part.OPERATOR),
    ],
)
def test_part(account_id: str, role: Role, is_assistant: bool, part: Part) -> None:
    assert part_of(account_id, role, host_id="acc_host", is_assistant=is_assistant) is part


def test_assistants_are_below_the_host_and_above_speakers() -> None:
    staff = [part for part in Part if part.is_staff]
    assert staff == [Part.OPERATOR, Part.HOST, Part.ASSISTANT]
    assert [part for part in Part if part.may_lift_bans] == [Part.OPERATOR, Part.HOST]
    assert [part for part in Part if Part.ASSISTANT.may_delete_of(part)] == [Part.SPEAKER]
    assert all(Part.HOST.may_delete_of(part) for part in Part)
    assert not any(Part.SPEAKER.may_delete_of(part) for part in Part)
