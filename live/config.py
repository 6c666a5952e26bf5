"""All settings, read once from the environment (``LIVE_*``) and frozen.

The only reader of the environment. Every limit of the system has its name, unit and default
here; `README.md` lists them.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from live.errors import StartupError


class Settings(BaseSettings):
    """Frozen settings; construct with keyword arguments in tests."""

    model_config = SettingsConfigDict(env_prefix="LIVE_", frozen=True, extra="ignore")

    # Where things are
    database_url: str | None = Field(
        None,
        description="sqlite+aiosqlite:///… or postgresql+asyncpg://…;"
        " unset: SQLite in the data directory",
    )
    redis_url: str | None = Field(
        None,
        description="redis://…, or redis+cluster://host:port,host:port… for Cluster;"
        " unset: a private redis-server",
    )
    sqlite_writer: Path | None = Field(
        None,
        description="unix socket of the process that writes to SQLite;"
        " unset: `live serve` starts one",
    )
    data_dir: Path = Field(Path("data"), description="SQLite file, private Redis, generated secret")

    # Trust
    secret: SecretStr | None = Field(None, description="signs tokens; required outside the demo")
    allow_sandbox: bool = Field(
        False, description="allow sandbox payment and codes printed to the log"
    )
    trusted_proxies: str = Field(
        "", description="comma-separated networks whose X-Forwarded-For is believed"
    )
    allowed_origins: str = Field("", description="comma-separated origins besides the server's own")
    metrics_public: bool = Field(False, description="serve /metrics to other than loopback")
    session_days: int = Field(30, description="days a sign-in lasts", ge=1)
    session_recheck_seconds: int = Field(
        5, description="seconds a verified token is trusted before it is looked up again", ge=0
    )
    ticket_seconds: int = Field(60, description="seconds a WebSocket ticket is good for", ge=1)

    # Sign-in codes
    sms_url: str | None = Field(
        None, description="gateway that sign-in codes are POSTed to; required outside the sandbox"
    )
    sms_token: SecretStr | None = Field(None, description="bearer token for the SMS gateway")
    code_seconds: int = Field(300, description="seconds a sign-in code is good for", ge=1)
    code_attempts_max: int = Field(5, description="wrong tries before a code is void", ge=1)
    codes_per_phone_hour: int = Field(5, description="codes sent to one phone an hour", ge=1)
    codes_per_phone_burst: int | None = Field(
        None, description="… and at once; unset: an hour's", ge=1
    )
    codes_per_address_hour: int = Field(
        3_000,
        description="codes sent for one network address an hour; a carrier has thousands of"
        " phones behind one",
        ge=1,
    )
    codes_per_address_burst: int | None = Field(
        None, description="… and at once; unset: an hour's", ge=1
    )
    sign_in_tries_per_address_minute: int = Field(
        600, description="codes tried from one network address a minute", ge=1
    )
    sign_in_tries_per_address_burst: int | None = Field(
        None, description="… and at once; unset: a minute's", ge=1
    )

    # Captcha
    captcha: Literal["none", "turnstile", "hcaptcha", "recaptcha"] = Field(
        "none", description="who tells people from machines where many codes are asked for"
    )
    captcha_site_key: str = Field("", description="the widget's key, which pages are told")
    captcha_secret: SecretStr | None = Field(None, description="the key to ask the service with")
    captcha_verify_url: str | None = Field(
        None, description="its siteverify; unset: the service's own"
    )
    captcha_after_codes: int = Field(
        2, description="codes for one phone an hour before a captcha is asked for", ge=1
    )
    captcha_after_codes_address: int = Field(
        60, description="codes for one network address an hour before a captcha is asked for", ge=1
    )

    # Payment
    public_url: str | None = Field(
        None,
        description="https://… where buyers and payment providers reach this server;"
        " required by a real payment provider",
    )
    payment_calls_max: int = Field(
        32, description="calls to one payment provider under way in one process", ge=1
    )
    payment_timeout_ms: int = Field(
        3_000, description="ms for one call to a payment provider before 503", ge=1
    )
    payment_quiet_seconds: int = Field(
        10, description="seconds without a word before a payment's provider is asked", ge=1
    )
    payment_query_seconds: float = Field(
        10.0, description="seconds between looks for payments without a word", gt=0
    )
    payment_message_seconds: int = Field(
        300, description="seconds by which a provider's message may be off our clock", ge=1
    )
    wechat_app_id: str | None = Field(None, description="WeChat Pay: appid bound to the merchant")
    wechat_merchant_id: str | None = Field(None, description="WeChat Pay: mchid")
    wechat_private_key_file: Path | None = Field(
        None, description="WeChat Pay: the merchant's apiclient_key.pem"
    )
    wechat_certificate_serial: str | None = Field(
        None, description="WeChat Pay: serial number of the merchant's API certificate"
    )
    wechat_api_v3_key: SecretStr | None = Field(
        None, description="WeChat Pay: APIv3 key, 32 characters"
    )
    wechat_platform_key_file: Path | None = Field(
        None, description="WeChat Pay: its public key, or its platform certificate (PEM)"
    )
    wechat_platform_key_id: str | None = Field(
        None, description="WeChat Pay: PUB_KEY_ID_…, or the platform certificate's serial number"
    )
    wechat_ways: str = Field(
        "h5,native", description="WeChat Pay: products of the merchant, of h5 and native"
    )
    wechat_url: str = Field(
        "https://api.mch.weixin.qq.com", description="WeChat Pay: where its API is"
    )
    alipay_app_id: str | None = Field(None, description="Alipay: app id")
    alipay_seller_id: str | None = Field(None, description="Alipay: the merchant's PID, 2088…")
    alipay_private_key_file: Path | None = Field(
        None, description="Alipay: the application's private key (PEM)"
    )
    alipay_platform_key_file: Path | None = Field(
        None, description="Alipay: Alipay's public key for this application (PEM)"
    )
    alipay_url: str = Field(
        "https://openapi.alipay.com/gateway.do", description="Alipay: its gateway"
    )

    # Requests
    answer_ms: int = Field(
        4_000,
        description="ms that an answer may take; beyond: 503, what was asked may happen",
        ge=1,
    )
    body_bytes_max: int = Field(64 * 1024, description="bytes of a request body", ge=1024)
    keepalive_seconds: float = Field(
        180.0,
        description="seconds a connection may idle, or take for the head of a request; longer"
        " than a proxy in front keeps its own (Caddy: 120)",
        gt=0,
    )
    page_size_max: int = Field(200, description="items in one page of a list", ge=1)
    orders_per_minute: int = Field(60, description="order attempts of one account a minute", ge=1)
    orders_burst: int | None = Field(None, description="… and at once; unset: a minute's", ge=1)

    # Checkout
    hold_seconds: int = Field(
        900, description="payment window: seconds units are held unpaid", ge=1
    )
    batch_intents_max: int = Field(
        512, description="order intents admitted in one batch", ge=1, le=2_000
    )
    queue_intents_max: int = Field(20_000, description="order intents waiting; beyond: 503", ge=1)
    commit_timeout_ms: int = Field(
        5_000, description="ms for one SQL batch; an older hold without a row is released", ge=1
    )
    reconcile_seconds: float = Field(2.0, description="seconds between reconciliations", gt=0)
    expiry_seconds: float = Field(0.5, description="seconds between looks for expired orders", gt=0)
    refund_retry_seconds: float = Field(
        2.0, description="seconds before a refund that failed is tried again, doubling", gt=0
    )
    refund_retry_seconds_max: float = Field(
        600.0, description="most seconds between tries of one refund", gt=0
    )
    claim_hours: int = Field(
        48, description="hours after delivery in which bad fruit may be claimed", ge=0
    )
    claim_auto_share: int = Field(
        0,
        description="percent of bad fruit up to which an order's first claim is approved at once;"
        " 0: none is",
        ge=0,
        le=100,
    )
    claims_per_order_max: int = Field(5, description="claims of one order", ge=1)
    relay_batch_max: int = Field(1_000, description="facts handed to their handlers at once", ge=1)
    idempotency_key_chars_max: int = Field(
        128, description="characters of an idempotency key", ge=8
    )

    # Waiting room
    waiting_pass_seconds: int = Field(
        180, description="seconds somebody whose turn has come may order", ge=1
    )
    waiting_look_seconds: float = Field(
        0.5, description="seconds between a process's looks at a queue, and between pacings", gt=0
    )
    waiting_pace_start: float = Field(
        100.0, description="accounts a second let through before anything is measured", gt=0
    )
    waiting_pace_max: float = Field(
        5_000.0, description="accounts a second let through at most", gt=0
    )
    waiting_reply_ms: int = Field(
        800, description="ms for an order's answer beyond which fewer are let through", ge=1
    )
    waiting_places_max: int = Field(
        500_000, description="people waiting in one queue; beyond: 503", ge=1
    )
    waiting_regather_seconds: float = Field(
        5.0, description="seconds after a loss of Redis in which places are drawn anew", ge=0
    )

    # Giveaways
    giveaway_winners_max: int = Field(50, description="winners of one giveaway", ge=1, le=1_000)
    giveaway_seconds_min: int = Field(10, description="least seconds of entering a giveaway", ge=1)
    giveaway_seconds_max: int = Field(
        1_800, description="most seconds of entering a giveaway", ge=1
    )
    giveaway_draw_seconds: float = Field(
        3.0, description="seconds from the publishing of a giveaway's entries to its draw", ge=0
    )
    giveaway_look_seconds: float = Field(
        0.5, description="seconds between looks for those due", gt=0
    )
    giveaway_entries_max: int = Field(500_000, description="entries of one; beyond: 409", ge=1)
    giveaway_batch_max: int = Field(
        1_000, description="giveaway entries stored in one transaction", ge=1, le=5_000
    )
    giveaway_queue_max: int = Field(
        50_000, description="giveaway entries waiting in one process; beyond: 503", ge=1
    )

    # Following and reminders
    reminder_lead_minutes: int = Field(
        10, description="minutes before an event's start that people are reminded of it", ge=1
    )
    reminder_sms_url: str | None = Field(
        None,
        description="gateway that reminders are POSTed to, with `LIVE_SMS_TOKEN`;"
        " unset: they are shown in pages only",
    )
    reminder_seconds: float = Field(5.0, description="seconds between looks for those due", gt=0)
    reminder_retry_seconds: float = Field(
        15.0, description="seconds before a reminder that was refused is sent again, doubling", gt=0
    )
    reminders_max: int = Field(200, description="of one account at a time", ge=1)
    follows_max: int = Field(1_000, description="hosts that one account follows", ge=1)

    # Room
    tick_hz: float = Field(5.0, description="ticks a second", gt=0, le=20)
    tick_load_max: float = Field(
        0.5, description="share of a core ticks may cost before they slow down", gt=0, le=1
    )
    tick_chat_max: int = Field(
        20, description="chat messages in one tick; beyond, the oldest are not shown", ge=1
    )
    tick_chat_busy_max: int = Field(
        5, description="… where ticks cost nearly their share of a core", ge=0
    )
    lease_ms: int = Field(
        3_000, description="ms a silent process still counts in the room's totals", ge=500
    )
    feed_entries_max: int = Field(1_000, description="feed entries kept for resume", ge=10)
    snapshot_feed_max: int = Field(40, description="feed entries in a snapshot", ge=0)
    chat_chars_max: int = Field(200, description="characters of one chat message", ge=1)
    chat_per_second_room: int = Field(20, description="chat messages a second one room shows", ge=1)
    chat_interval_ms: int = Field(1_000, description="ms between one person's chat messages", ge=0)
    chat_words_file: Path | None = Field(
        None,
        description="words that chat refuses: UTF-8, one a line, # comments;"
        " read again when it changes",
    )
    chat_words_seconds: float = Field(
        10.0, description="seconds between looks whether the words have changed", gt=0
    )
    chat_words_max: int = Field(100_000, description="words in that file", ge=1)
    chat_silenced_max: int = Field(
        5_000, description="people muted or banned in one event's chat at a time", ge=1
    )
    chat_assistants_max: int = Field(20, description="assistants of one event's chat", ge=1)
    likes_per_message_max: int = Field(50, description="likes in one message", ge=1)
    frame_bytes_max: int = Field(8 * 1024, description="bytes of one frame from a client", ge=256)
    frames_per_second_max: int = Field(
        20, description="frames a second from one client; beyond: close 4029", ge=1
    )
    viewers_max: int = Field(18_000, description="room connections of one process", ge=1)
    send_buffer_bytes: int = Field(16 * 1024, description="SO_SNDBUF of a room connection", ge=4096)
    tcp_user_timeout_ms: int = Field(
        30_000, description="ms of unacknowledged data before the kernel gives up", ge=1000
    )
    behind_snapshot_seconds: float = Field(
        2.0, description="least seconds between catch-up snapshots", gt=0
    )
    behind_close_seconds: float = Field(20.0, description="seconds behind before close 4008", gt=0)
    close_abort_seconds: float = Field(2.0, description="seconds from Close to abort", gt=0)
    heartbeat_seconds: float = Field(
        45.0, description="seconds between pings to a room connection", gt=0
    )
    quiet_tick_seconds: float = Field(
        15.0, description="a quiet room still ticks this often", gt=0, lt=20
    )
    reconnect_seconds: int = Field(
        5, description="window within which clients spread a reconnect", ge=1
    )
    drain_seconds: float = Field(10.0, description="seconds a draining server takes to close", ge=0)
    tick_interval_max_ms: int = Field(
        2_000, description="ms between ticks of a server that is too busy", ge=50
    )
    sample_timeout_ms: int = Field(
        1_000, description="ms for one look at Redis before viewers are told", ge=50
    )
    sample_entries_max: int = Field(
        200, description="feed entries in a tick; more with the next", ge=1
    )
    sample_notices_max: int = Field(
        2_000, description="personal notices in one tick; more come with the next", ge=1
    )
    notices_max: int = Field(
        5_000, description="personal notices kept for the processes to read", ge=1
    )
    definition_seconds: float = Field(
        5.0, description="seconds between reloads of a live room's definition", gt=0
    )
    room_linger_seconds: float = Field(
        2.0, description="seconds an empty room stays in memory", ge=0
    )
    save_seconds: float = Field(
        2.0, description="seconds between saves of a room's feed and totals to SQL", gt=0
    )
    sketch_seconds: float = Field(
        30.0,
        description="seconds between saves of what unique viewers are counted by to SQL; a loss of"
        " Redis costs those who came and went since",
        gt=0,
    )
    sample_uniques_max: int = Field(
        2_000, description="new viewers told to Redis in one tick; more with the next", ge=1
    )
    uniques_waiting_max: int = Field(
        100_000,
        description="new viewers waiting for Redis; beyond, the oldest are not counted",
        ge=1,
    )
    save_entries_max: int = Field(
        10_000, description="feed entries waiting for SQL; beyond, the oldest are lost", ge=1
    )
    sales_seconds: float = Field(
        1.0, description="seconds between sales messages to host and operators", gt=0
    )
    commands_in_flight_max: int = Field(
        4, description="commands of one connection under way; beyond, it waits", ge=1
    )
    unread_bytes_max: int = Field(
        64 * 1024, description="bytes of answers a connection may leave unread", ge=4096
    )

    # Measuring
    benchmark_noop: bool = Field(
        False,
        description="mount POST /api/noop, which authenticates and does nothing:"
        " the benchmarks' yardstick",
    )

    # Storage
    pool_connections: int = Field(16, description="SQL connections of one process", ge=2)
    redis_connections_max: int = Field(64, description="Redis connections of one process", ge=4)
    redis_timeout_ms: int = Field(2_000, description="ms for any Redis reply", ge=1)

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
