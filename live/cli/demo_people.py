"""Who is in a demo: a host and an operator to sign in as, and made-up buyers.

The accounts are made in the demo's database before its server starts. The host and the buyers
of the script come with tokens; whoever sits at the terminal signs in by phone and code, as on
the real platform, and reads the code there.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from live.accounts.feature import tokens_of
from live.accounts.people import find_or_make_account
from live.accounts.phones import normalise_phone
from live.accounts.secrets import Keys, load_secret
from live.accounts.sessions import open_session
from live.accounts.sign_in import token_claims
from live.accounts.simulated import sign_in_simulated
from live.accounts.staff import assign_role
from live.accounts.tokens import Tokens
from live.cli.demo_store import DemoStore
from live.clock import Clock, SystemClock
from live.config import Settings, settings_from_environment
from live.crowd import xuwen
from live.crowd.performance import Cast
from live.storage.database import Database
from live.values import AccountId, Role

HOST_PHONE = "19900000001"
OPERATOR_PHONE = "19900000002"
# Even a demo of one order has a few people who compete for it.
BUYERS_MIN = 20
# They buy nothing until the closing probe: see ``live.crowd.probe``.
PROBES = 25
_TOKENS_FILE = "tokens"


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """The people of one demo.

    Args:
        host_phone, operator_phone: what a person signs in with.
        host_token: for the script, which plays the host.
        buyer_tokens, probe_tokens: bearer tokens of made-up people.
    """

    host_phone: str
    operator_phone: str
    host_token: str
    buyer_tokens: list[str]
    probe_tokens: list[str]

    def write_cast(self, scratch: Path) -> Cast:
        """Put the buyers' tokens into a file of ``scratch``, for the crowd's processes."""
        path = scratch / _TOKENS_FILE
        path.touch(mode=0o600)
        path.write_text("\n".join(self.buyer_tokens) + "\n")
        return Cast(self.host_token, path, len(self.buyer_tokens), self.probe_tokens)

    def code_in(self, line: str) -> str | None:
        """The sign-in code in a line of the server's log, as a line for a person; else None."""
        if "sms_code" not in line:
            return None
        try:
            said = msgspec.json.decode(line, type=_SmsLine)
        except msgspec.MsgspecError:
            return None
        return f"Code      {said.sms_code} for {said.sms_to.removeprefix('+86')}{self._who(said)}"

    def _who(self, said: "_SmsLine") -> str:
        names = {self.host_phone: " (host)", self.operator_phone: " (operator)"}
        return names.get(said.sms_to.removeprefix("+86"), "")


class _SmsLine(msgspec.Struct):
    """What ``LogSms`` writes."""

    sms_to: str
    sms_code: str


async def create_people(store: DemoStore, orders: int) -> DemoPeople:
    """Make everybody whom a demo of ``orders`` boxes needs: as many buyers as boxes.

    Raises: StartupError for a LIVE_SECRET that is too short.
    """
    settings = settings_from_environment().model_copy(update={"data_dir": store.directory})
    tokens = tokens_of(Keys(load_secret(settings, may_generate=True)))
    clock = SystemClock()
    database = Database(store.database_url, pool_connections=2)
    try:
        host = await _make_staff(database, tokens, clock, settings)
        buyers = await sign_in_simulated(
            database,
            tokens,
            clock,
            Role.VIEWER,
            max(orders, BUYERS_MIN) + PROBES,
            days=settings.session_days,
        )
    finally:
        await database.close()
    return DemoPeople(HOST_PHONE, OPERATOR_PHONE, host, buyers[PROBES:], buyers[:PROBES])


async def _make_staff(database: Database, tokens: Tokens, clock: Clock, settings: Settings) -> str:
    """Make the host and the operator. Returns a token of the host."""
    now_ms = clock.now_ms()
    async with database.transaction() as session:
        host = await find_or_make_account(
            session, normalise_phone(HOST_PHONE), now_ms, name=xuwen.HOST_NAME
        )
        await assign_role(session, host, Role.HOST, now_ms)
        operator = await find_or_make_account(
            session, normalise_phone(OPERATOR_PHONE), now_ms, name=xuwen.OPERATOR_NAME
        )
        await assign_role(session, operator, Role.OPERATOR, now_ms)
        session_id, expires_ms = await open_session(
            session, AccountId(host.id), now_ms, settings.session_days
        )
    return tokens.sign(token_claims(host, session_id, expires_ms))
