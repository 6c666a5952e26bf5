"""All settings, read once from the environment (``LIVE_*``) and frozen.

The only reader of the environment. Every limit of the system has its name, unit and default in
one of the groups beside this file; `README.md` lists them.
"""

from functools import cache

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from live.config.audience import Coupons, Following, Giveaways
from live.config.payment import Payment
from live.config.people import Captcha, SignInCodes, Trust
from live.config.room import Room
from live.config.running import Measuring, Places, Requests, Storage
from live.config.selling import Checkout, WaitingRoom
from live.errors import StartupError


class Settings(
    Places,
    Trust,
    SignInCodes,
    Captcha,
    Payment,
    Requests,
    Checkout,
    WaitingRoom,
    Giveaways,
    Coupons,
    Following,
    Room,
    Measuring,
    Storage,
    BaseSettings,
):
    """Frozen settings, by group; construct with keyword arguments in tests."""

    model_config = SettingsConfigDict(env_prefix="LIVE_", frozen=True, extra="ignore")

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'live.db'}"


@cache
def settings_from_environment() -> Settings:
    """Raises: StartupError that names the variable, where one makes no sense."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"LIVE_{str(part['loc'][0]).upper()}: {part['msg']}" for part in error.errors()
        )
        raise StartupError(wrong) from None
