"""Where things are kept, and what a process may take of them."""

from pathlib import Path

from pydantic import BaseModel, Field


class Places(BaseModel):
    """Where things are"""

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


class Requests(BaseModel):
    """Requests"""

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


class Storage(BaseModel):
    """Storage"""

    pool_connections: int = Field(16, description="SQL connections of one process", ge=2)
    redis_connections_max: int = Field(64, description="Redis connections of one process", ge=4)
    redis_timeout_ms: int = Field(2_000, description="ms for any Redis reply", ge=1)


class Measuring(BaseModel):
    """Measuring"""

    benchmark_noop: bool = Field(
        False,
        description="mount POST /api/noop, which authenticates and does nothing:"
        " the benchmarks' yardstick",
    )
