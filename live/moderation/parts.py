"""Who may do what in a chat. Pure."""

from enum import StrEnum

from live.values import Role


class Part(StrEnum):
    """What somebody is in the chat of one event."""

    OPERATOR = "operator"
    HOST = "host"
    ASSISTANT = "assistant"
    SPEAKER = "speaker"

    @property
    def is_staff(self) -> bool:
        """Whether they may moderate, and are not moderated themselves."""
        return self is not Part.SPEAKER

    @property
    def may_lift_bans(self) -> bool:
        """Or turn them into something milder; an assistant may ban, and not undo it."""
        return self in (Part.OPERATOR, Part.HOST)

    def may_delete_of(self, author: "Part") -> bool:
        """Whether a message of that author may be deleted."""
        return self.may_lift_bans or (self.is_staff and not author.is_staff)


def part_of(account_id: str, role: Role, *, host_id: str, is_assistant: bool) -> Part:
    """The part of an account with this role.

    The host is one as long as they are a host at all, as everywhere.
    """
    if role is Role.OPERATOR:
        return Part.OPERATOR
    if account_id == host_id and role is Role.HOST:
        return Part.HOST
    return Part.ASSISTANT if is_assistant else Part.SPEAKER
