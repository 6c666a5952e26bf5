"""The HTTP calls about an event's chat."""

from live.errors import Conflict, Forbidden, NotFound, Unavailable
from live.moderation.assistants import Assistants
from live.moderation.desk import ChatDesk
from live.moderation.reads import ChatReads
from live.moderation.schemas import (
    Assistant,
    AssistantCreate,
    ChatAction,
    ChatStanding,
    ChatUpdate,
    MessageDelete,
    SilenceCreate,
    SilencedPerson,
)
from live.web.pages import QUERY, PageRequest, page_request
from live.web.routes import Access, Call, Page, Reply, Route

_CHAT = "/api/events/{event_id}/chat"
_EVENT = NotFound.coded("event_not_found")
_MODERATED = (*Forbidden.coded(), *_EVENT)
_MESSAGE = (*_MODERATED, *NotFound.coded("message_not_found"), *Unavailable.coded())


class ModerationApi:
    """Who moderates is decided by the use cases: an assistant is a viewer elsewhere."""

    def __init__(
        self, desk: ChatDesk, assistants: Assistants, reads: ChatReads, *, page_size_max: int
    ) -> None:
        self._desk = desk
        self._assistants = assistants
        self._reads = reads
        self._page_size_max = page_size_max

    def routes(self) -> list[Route]:
        return [*self._of_the_chat(), *self._of_people()]

    def _of_the_chat(self) -> list[Route]:
        chat = _CHAT
        return [
            Route(
                method="GET", path=chat, access=Access.SIGNED_IN,
                handler=self._standing, summary="What one may do in an event's chat oneself",
                answers={200: ChatStanding}, problems=_EVENT,
            ),
            Route(
                method="PATCH", path=chat, access=Access.SIGNED_IN,
                handler=self._slow_down, summary="Set how often one viewer may speak",
                body=ChatUpdate, answers={200: ChatStanding}, problems=_MODERATED,
            ),
            Route(
                method="POST", path=f"{chat}/messages/{{message_id}}/delete",
                access=Access.SIGNED_IN, handler=self._delete,
                summary="Take a message off every screen and out of the record",
                body=MessageDelete, answers={204: None},
                problems=(*_MESSAGE, *Conflict.coded("is_staff")),
            ),
            Route(
                method="GET", path=f"{chat}/actions", access=Access.SIGNED_IN,
                handler=self._trail, summary="The trail of what moderators did, the latest first",
                answers={200: Page[ChatAction]}, problems=_MODERATED, query=QUERY,
            ),
        ]  # fmt: skip

    def _of_people(self) -> list[Route]:
        chat = _CHAT
        return [
            Route(
                method="GET", path=f"{chat}/silences", access=Access.SIGNED_IN,
                handler=self._silenced, summary="Who is muted or banned now, the latest first",
                answers={200: Page[SilencedPerson]}, problems=_MODERATED, query=QUERY,
            ),
            Route(
                method="POST", path=f"{chat}/silences", access=Access.SIGNED_IN,
                handler=self._silence, summary="Mute somebody, or ban them from this chat",
                body=SilenceCreate, answers={204: None},
                problems=(
                    *_MESSAGE, *NotFound.coded(), *Conflict.coded("is_staff", "too_many_silenced"),
                ),
            ),
            Route(
                method="DELETE", path=f"{chat}/silences/{{account_id}}", access=Access.SIGNED_IN,
                handler=self._lift, summary="Let somebody speak again",
                answers={204: None}, problems=_MODERATED,
            ),
            Route(
                method="GET", path=f"{chat}/assistants", access=Access.SIGNED_IN,
                handler=self._list, summary="Who helps to moderate, in the order they were named",
                answers={200: Page[Assistant]}, problems=_MODERATED,
            ),
            Route(
                method="POST", path=f"{chat}/assistants", access=Access.SIGNED_IN,
                handler=self._name, summary="Let somebody moderate this chat",
                body=AssistantCreate, answers={201: Assistant},
                problems=(
                    *_MODERATED, *NotFound.coded(),
                    *Conflict.coded("is_staff", "too_many_assistants"),
                ),
            ),
            Route(
                method="DELETE", path=f"{chat}/assistants/{{account_id}}", access=Access.SIGNED_IN,
                handler=self._remove, summary="Let somebody moderate this chat no more",
                answers={204: None}, problems=_MODERATED,
            ),
        ]  # fmt: skip

    async def _standing(self, call: Call) -> Reply:
        return Reply(await self._reads.standing(call.caller, call.path["event_id"]))

    async def _slow_down(self, call: Call) -> Reply:
        asked: ChatUpdate = call.body
        event_id = call.path["event_id"]
        await self._desk.slow_down(call.caller, event_id, asked.interval_seconds, asked.reason)
        return await self._standing(call)

    async def _delete(self, call: Call) -> Reply:
        asked: MessageDelete = call.body
        event_id, message_id = call.path["event_id"], call.path["message_id"]
        await self._desk.delete(call.caller, event_id, message_id, asked.reason.strip())
        return Reply(status=204)

    async def _silenced(self, call: Call) -> Reply:
        event_id = call.path["event_id"]
        return Reply(await self._reads.silenced(call.caller, event_id, self._page(call)))

    async def _silence(self, call: Call) -> Reply:
        await self._desk.silence(call.caller, call.path["event_id"], call.body)
        return Reply(status=204)

    async def _lift(self, call: Call) -> Reply:
        await self._desk.lift(call.caller, call.path["event_id"], call.path["account_id"])
        return Reply(status=204)

    async def _list(self, call: Call) -> Reply:
        found = await self._assistants.list(call.caller, call.path["event_id"])
        return Reply(Page(list(found)))

    async def _name(self, call: Call) -> Reply:
        named = await self._assistants.name(call.caller, call.path["event_id"], call.body)
        return Reply(named, 201)

    async def _remove(self, call: Call) -> Reply:
        await self._assistants.remove(call.caller, call.path["event_id"], call.path["account_id"])
        return Reply(status=204)

    async def _trail(self, call: Call) -> Reply:
        event_id = call.path["event_id"]
        return Reply(await self._reads.trail(call.caller, event_id, self._page(call)))

    def _page(self, call: Call) -> PageRequest:
        return page_request(call.http.query, limit_max=self._page_size_max)
