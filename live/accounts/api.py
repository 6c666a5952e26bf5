"""The HTTP calls about people: routes, and what each hands to its use case."""

from aiohttp import hdrs

from live.accounts.addresses import Addresses
from live.accounts.directory import Directory
from live.accounts.phones import normalise_phone
from live.accounts.schemas import (
    Account,
    AccountDetail,
    Address,
    AddressUpdate,
    CodeRequest,
    CodeSent,
    ProfileUpdate,
    RoleUpdate,
    Session,
    SessionRequest,
    Ticket,
)
from live.accounts.sign_in import SignIn
from live.accounts.staff import Staffing
from live.accounts.tables import AccountRow
from live.accounts.tickets import Tickets
from live.config import Settings
from live.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionRequired,
    TooMany,
    Unavailable,
)
from live.values import AccountId, Role, rfc3339
from live.web.addresses import ClientAddresses, household_of
from live.web.choices import chosen, is_true
from live.web.cookies import no_session_cookie, session_cookie
from live.web.pages import QUERY, page_request
from live.web.routes import Access, Call, Page, Reply, Route

_SECONDS_PER_DAY = 86_400


class AccountsApi:
    """Translates between HTTP and the use cases."""

    def __init__(
        self,
        sign_in: SignIn,
        tickets: Tickets,
        directory: Directory,
        staffing: Staffing,
        addresses: Addresses,
        clients: ClientAddresses,
        settings: Settings,
    ) -> None:
        self._sign_in = sign_in
        self._tickets = tickets
        self._directory = directory
        self._staffing = staffing
        self._addresses = addresses
        self._clients = clients
        self._settings = settings

    def routes(self) -> list[Route]:
        return [*self._sign_in_routes(), *self._own_routes(), *self._operator_routes()]

    def _sign_in_routes(self) -> list[Route]:
        return [
            Route(
                method="POST", path="/api/auth/codes", access=Access.ANYONE,
                handler=self._send_code, summary="Send a sign-in code to a phone",
                body=CodeRequest, answers={202: CodeSent},
                problems=(
                    *PreconditionRequired.coded("captcha_required", captcha=str, site_key=str),
                    *TooMany.coded("too_many_codes", "too_many_tries"),
                    *Unavailable.coded("sms_unavailable"),
                ),
            ),
            Route(
                method="POST", path="/api/auth/sessions", access=Access.ANYONE,
                handler=self._open_session, summary="Sign in with the code; also sets a cookie",
                body=SessionRequest, answers={201: Session}, reply_headers=(hdrs.SET_COOKIE,),
                problems=(
                    *Forbidden.coded("banned"),
                    *Invalid.coded("wrong_code", "code_void"),
                    *TooMany.coded("too_many_tries"),
                ),
            ),
            Route(
                method="DELETE", path="/api/auth/sessions", access=Access.SIGNED_IN,
                handler=self._end_session, summary="Sign out; with everywhere=true on all devices",
                answers={204: None}, query={"everywhere": bool}, reply_headers=(hdrs.SET_COOKIE,),
            ),
            Route(
                method="POST", path="/api/auth/tickets", access=Access.SIGNED_IN,
                handler=self._issue_ticket, summary="A single-use ticket that opens a WebSocket",
                answers={201: Ticket},
            ),
        ]  # fmt: skip

    def _own_routes(self) -> list[Route]:
        return [
            Route(
                method="GET", path="/api/me", access=Access.SIGNED_IN, handler=self._show_me,
                summary="The caller's account", answers={200: Account},
            ),
            Route(
                method="PATCH", path="/api/me", access=Access.SIGNED_IN, handler=self._rename_me,
                summary="Change the caller's name", body=ProfileUpdate, answers={200: Account},
            ),
            Route(
                method="GET", path="/api/addresses", access=Access.SIGNED_IN,
                handler=self._list_addresses, summary="The caller's addresses, the default first",
                answers={200: Page[Address]},
            ),
            Route(
                method="POST", path="/api/addresses", access=Access.SIGNED_IN,
                handler=self._add_address, summary="Keep an address",
                body=AddressUpdate, answers={201: Address},
                problems=Conflict.coded("too_many_addresses"),
            ),
            Route(
                method="PUT", path="/api/addresses/{address_id}", access=Access.SIGNED_IN,
                handler=self._replace_address, summary="Change an address",
                body=AddressUpdate, answers={200: Address}, problems=NotFound.coded(),
            ),
            Route(
                method="DELETE", path="/api/addresses/{address_id}", access=Access.SIGNED_IN,
                handler=self._remove_address, summary="Forget an address",
                answers={204: None}, problems=NotFound.coded(),
            ),
        ]  # fmt: skip

    def _operator_routes(self) -> list[Route]:
        problems = (*NotFound.coded(), *Conflict.coded("own_account"))
        return [
            Route(
                method="GET", path="/api/accounts", access=Access.OPERATOR,
                handler=self._list_accounts, summary="Accounts, newest first",
                answers={200: Page[AccountDetail]}, query={"search": str, "role": Role, **QUERY},
            ),
            Route(
                method="PATCH", path="/api/accounts/{account_id}/role", access=Access.OPERATOR,
                handler=self._change_role, summary="Give somebody another role",
                body=RoleUpdate, answers={200: AccountDetail}, problems=problems,
            ),
            Route(
                method="POST", path="/api/accounts/{account_id}/ban", access=Access.OPERATOR,
                handler=self._ban, summary="Sign somebody out everywhere and keep them out",
                answers={200: AccountDetail}, problems=problems,
            ),
            Route(
                method="POST", path="/api/accounts/{account_id}/unban", access=Access.OPERATOR,
                handler=self._unban, summary="Let somebody sign in again",
                answers={200: AccountDetail}, problems=NotFound.coded(),
            ),
        ]  # fmt: skip

    async def _send_code(self, call: Call) -> Reply:
        body: CodeRequest = call.body
        await self._sign_in.send_code(
            normalise_phone(body.phone), self._household(call), body.captcha
        )
        return Reply(CodeSent(self._settings.code_seconds), 202)

    async def _open_session(self, call: Call) -> Reply:
        body: SessionRequest = call.body
        token, account = await self._sign_in.sign_in(
            normalise_phone(body.phone), body.code, self._household(call)
        )
        cookie = session_cookie(
            token,
            max_age_seconds=self._settings.session_days * _SECONDS_PER_DAY,
            is_https=self._clients.is_https(call.http),
        )
        return Reply(Session(token, _account(account)), 201, {hdrs.SET_COOKIE: cookie})

    def _household(self, call: Call) -> str:
        return household_of(self._clients.of(call.http))

    async def _end_session(self, call: Call) -> Reply:
        everywhere = is_true(call, "everywhere")
        await self._sign_in.sign_out(call.caller, everywhere=everywhere)
        cookie = no_session_cookie(is_https=self._clients.is_https(call.http))
        return Reply(status=204, headers={hdrs.SET_COOKIE: cookie})

    async def _issue_ticket(self, call: Call) -> Reply:
        ticket = await self._tickets.issue(call.caller.session_id)
        return Reply(Ticket(ticket, self._settings.ticket_seconds), 201)

    async def _show_me(self, call: Call) -> Reply:
        who = call.caller
        return Reply(Account(who.id, who.role, who.name))

    async def _rename_me(self, call: Call) -> Reply:
        return Reply(_account(await self._directory.rename(call.caller, call.body.name)))

    async def _list_addresses(self, call: Call) -> Reply:
        return Reply(Page(await self._addresses.all_of(call.caller.id)))

    async def _add_address(self, call: Call) -> Reply:
        return Reply(await self._addresses.add(call.caller.id, call.body), 201)

    async def _replace_address(self, call: Call) -> Reply:
        return Reply(
            await self._addresses.replace(call.caller.id, call.path["address_id"], call.body)
        )

    async def _remove_address(self, call: Call) -> Reply:
        await self._addresses.remove(call.caller.id, call.path["address_id"])
        return Reply(status=204)

    async def _list_accounts(self, call: Call) -> Reply:
        query = call.http.query
        page = page_request(query, limit_max=self._settings.page_size_max)
        role = chosen(Role, call, "role")
        return Reply(await self._directory.search(page, query.get("search", ""), role, _detail))

    async def _change_role(self, call: Call) -> Reply:
        account = await self._staffing.change_role(
            call.caller, call.path["account_id"], call.body.role
        )
        return Reply(_detail(account))

    async def _ban(self, call: Call) -> Reply:
        return Reply(_detail(await self._staffing.ban(call.caller, call.path["account_id"])))

    async def _unban(self, call: Call) -> Reply:
        return Reply(_detail(await self._staffing.unban(call.path["account_id"])))


def _account(row: AccountRow) -> Account:
    return Account(AccountId(row.id), Role(row.role), row.name)


def _detail(row: AccountRow) -> AccountDetail:
    return AccountDetail(
        AccountId(row.id), Role(row.role), row.name, row.phone,
        created_at=rfc3339(row.created_ms), is_banned=row.banned_ms is not None,
    )  # fmt: skip
