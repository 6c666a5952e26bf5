"""Puts the parts of sign-in together."""

from dataclasses import dataclass

from live.accounts.addresses import Addresses
from live.accounts.api import AccountsApi
from live.accounts.authenticator import SessionAuthenticator
from live.accounts.codes import SignInCodes
from live.accounts.directory import Directory
from live.accounts.secrets import Keys
from live.accounts.session_cache import SessionCache
from live.accounts.session_lookup import session_lookup
from live.accounts.sign_in import SignIn, SignInLimits
from live.accounts.sms import SmsProvider
from live.accounts.staff import Staffing
from live.accounts.tickets import Tickets
from live.accounts.tokens import Tokens
from live.clock import Clock
from live.config import Settings
from live.feature import Feature
from live.storage.database import Database
from live.storage.redis import RedisClient
from live.web.addresses import ClientAddresses
from live.web.captcha import captcha_verifier
from live.web.limits import Bucket
from live.web.shared_limits import SharedRateLimit


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the rest of the platform takes from this feature.

    Args:
        authenticator: for the dispatcher and the rooms' gateway.
        addresses: where an order named by ``address_id`` goes.
        tokens: signs what ``live accounts tokens`` prints.
    """

    feature: Feature
    authenticator: SessionAuthenticator
    addresses: Addresses
    tokens: Tokens


def accounts_feature(
    database: Database,
    redis: RedisClient,
    clock: Clock,
    settings: Settings,
    keys: Keys,
    sms: SmsProvider,
) -> Accounts:
    """Sign-in, sessions, roles and addresses.

    Args:
        keys: see ``secrets.load_secret``.
        sms: ``LogSms`` only in the demo or the sandbox.
    """
    tokens = tokens_of(keys)
    tickets = Tickets(redis, keys.key("ticket"), settings.ticket_seconds)
    recheck_seconds = settings.session_recheck_seconds
    cache = SessionCache(session_lookup(database), tokens, clock, recheck_seconds=recheck_seconds)
    authenticator = SessionAuthenticator(
        cache, tickets, database, clock, recheck_seconds=recheck_seconds
    )
    codes = SignInCodes(
        keys.key("code"),
        good_seconds=settings.code_seconds,
        attempts_max=settings.code_attempts_max,
    )
    limits = _limits(redis, settings)
    sign_in = SignIn(
        database, codes, tokens, sms, limits, authenticator, clock,
        captcha=captcha_verifier(settings),
        session_days=settings.session_days, code_seconds=settings.code_seconds,
    )  # fmt: skip
    addresses = Addresses(database, clock)
    api = AccountsApi(
        sign_in,
        tickets,
        Directory(database, authenticator, clock),
        Staffing(database, authenticator, clock),
        addresses,
        ClientAddresses(settings.trusted_proxies),
        settings,
    )

    feature = Feature(name="accounts", routes=api.routes(), lifespans=(authenticator.watching,))
    return Accounts(feature, authenticator, addresses, tokens)


def tokens_of(keys: Keys) -> Tokens:
    """The signer of bearer tokens of this installation."""
    return Tokens(keys.key("token"))


def _limits(redis: RedisClient, settings: Settings) -> SignInLimits:
    of_phone = Bucket.per_hour(settings.codes_per_phone_hour, settings.codes_per_phone_burst)
    of_address = Bucket.per_hour(settings.codes_per_address_hour, settings.codes_per_address_burst)
    free_of_phone = Bucket.per_hour(settings.captcha_after_codes)
    free_of_address = Bucket.per_hour(settings.captcha_after_codes_address)
    tries = Bucket.per_minute(
        settings.sign_in_tries_per_address_minute, settings.sign_in_tries_per_address_burst
    )
    return SignInLimits(
        codes_of_phone=SharedRateLimit(redis, "codes_of_phone", of_phone),
        codes_of_address=SharedRateLimit(redis, "codes_of_address", of_address),
        free_codes_of_phone=SharedRateLimit(redis, "free_codes_of_phone", free_of_phone),
        free_codes_of_address=SharedRateLimit(redis, "free_codes_of_address", free_of_address),
        tries_of_address=SharedRateLimit(redis, "tries_of_address", tries),
    )
