"""Signing in by phone and code, and signing out."""

from dataclasses import dataclass

from live.accounts.authenticator import SessionAuthenticator
from live.accounts.codes import CodeVerdict, SignInCodes
from live.accounts.people import find_or_make_account
from live.accounts.sessions import end_session, end_sessions_of, open_session
from live.accounts.sms import SmsProvider
from live.accounts.tables import AccountRow
from live.accounts.tokens import Claims, Tokens
from live.clock import Clock
from live.errors import Forbidden, Invalid, PreconditionRequired
from live.storage.database import Database
from live.values import MS_PER_SECOND, AccountId, Role
from live.web.captcha import CaptchaVerifier
from live.web.limits import RateLimit, take_or_refuse
from live.web.routes import Identity


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """How often: codes sent to a phone or for an address, and tries from an address.

    Args:
        free_codes_of_phone, free_codes_of_address: codes before a captcha is asked for.
    """

    codes_of_phone: RateLimit
    codes_of_address: RateLimit
    free_codes_of_phone: RateLimit
    free_codes_of_address: RateLimit
    tries_of_address: RateLimit


class SignIn:
    """The use cases of signing in.

    Args:
        session_days: days that a sign-in lasts.
        code_seconds: seconds that a code is good for.
    """

    def __init__(
        self,
        database: Database,
        codes: SignInCodes,
        tokens: Tokens,
        sms: SmsProvider,
        limits: SignInLimits,
        authenticator: SessionAuthenticator,
        clock: Clock,
        *,
        captcha: CaptchaVerifier,
        session_days: int,
        code_seconds: int,
    ) -> None:
        self._database = database
        self._codes = codes
        self._tokens = tokens
        self._sms = sms
        self._limits = limits
        self._captcha = captcha
        self._authenticator = authenticator
        self._clock = clock
        self._session_days = session_days
        self._code_seconds = code_seconds

    async def send_code(self, phone: str, address: str, captcha: str = "") -> None:
        """Send a new code; the one before is void. Whether the phone has an account or not.

        Args:
            phone: E.164.
            address: whom limits count it to; see ``household_of``.
            captcha: the token of a solved one, where there is one.

        Raises: PreconditionRequired with ``captcha_required``; TooMany, Unavailable.
        """
        await self._require_person(phone, address, captcha)
        detail = "Too many codes have been asked for."
        await take_or_refuse(self._limits.codes_of_address, address, "too_many_codes", detail)
        await take_or_refuse(self._limits.codes_of_phone, phone, "too_many_codes", detail)
        async with self._database.transaction() as session:
            code = await self._codes.issue(session, phone, self._clock.now_ms())
        await self._sms.send_code(phone, code, self._code_seconds)

    async def _require_person(self, phone: str, address: str, captcha: str) -> None:
        """Ask for a captcha where more codes were asked for than people need."""
        if not self._captcha.widget:
            return
        waits = (
            await self._limits.free_codes_of_phone.take(phone),
            await self._limits.free_codes_of_address.take(address),
        )
        if not any(waits):
            return
        if captcha:
            await self._count_try(address)
            if await self._captcha.accepts(captcha):
                return
        raise PreconditionRequired(
            "captcha_required", "Solve the captcha, and ask again.", more=self._captcha.widget
        )

    async def _count_try(self, address: str) -> None:
        await take_or_refuse(
            self._limits.tries_of_address, address, "too_many_tries", "Too many tries."
        )

    async def sign_in(self, phone: str, code: str, address: str) -> tuple[str, AccountRow]:
        """Redeem a code; whoever comes for the first time gets an account.

        Returns: a bearer token, and the account.
        Raises: Invalid with ``wrong_code``, or ``code_void`` where a new one must be asked for;
            Forbidden with ``banned``; TooMany.
        """
        await self._count_try(address)
        now_ms = self._clock.now_ms()
        account, token = None, ""
        async with self._database.transaction() as session:
            verdict = await self._codes.redeem(session, phone, code, now_ms)
            # Nothing may be raised in here: the wrong try must be committed.
            if verdict is CodeVerdict.RIGHT:
                account = await find_or_make_account(session, phone, now_ms)
                if account.banned_ms is None:
                    session_id, expires_ms = await open_session(
                        session, AccountId(account.id), now_ms, self._session_days
                    )
                    token = self._tokens.sign(token_claims(account, session_id, expires_ms))
        if account is None:
            raise _refusal(verdict)
        if not token:
            raise Forbidden("banned", "This account has been banned.")
        return token, account

    async def sign_out(self, who: Identity, *, everywhere: bool = False) -> None:
        """End this sign-in, or all of this person's."""
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            ended = [who.session_id]
            if everywhere:
                ended += await end_sessions_of(session, who.id, now_ms)
            else:
                await end_session(session, who.session_id, now_ms)
        self._authenticator.sessions_ended(ended)


def token_claims(account: AccountRow, session_id: str, expires_ms: int) -> Claims:
    """What the token of this sign-in says."""
    return Claims(
        session_id, AccountId(account.id), Role(account.role), expires_ms // MS_PER_SECOND
    )


def _refusal(verdict: CodeVerdict) -> Invalid:
    if verdict is CodeVerdict.WRONG:
        return Invalid("wrong_code", "That is not the code.", fields={"code": "wrong"})
    return Invalid(
        "code_void", "Ask for a new code: this one is used up or has expired.",
        fields={"code": "void"},
    )  # fmt: skip
