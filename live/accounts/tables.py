"""Accounts, sessions, sign-in codes and addresses."""

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from live.storage.columns import big


class AccountRow(SQLModel, table=True):
    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("role IN ('viewer', 'host', 'operator')", name="ck_accounts_role"),
        Index("ix_accounts_created", "created_ms", "id"),
    )

    id: str = Field(primary_key=True)
    phone: str = Field(unique=True)  # E.164
    name: str
    role: str
    created_ms: int = big()
    banned_ms: int | None = Field(default=None, sa_type=BigInteger)


class SessionRow(SQLModel, table=True):
    """One sign-in. A token names its session, so ending the session ends the token."""

    __tablename__ = "sessions"
    # By these a process learns every few seconds which sessions have ended elsewhere.
    __table_args__ = (
        Index("ix_sessions_ended", "ended_ms"),
        Index("ix_sessions_expires", "expires_ms"),
    )

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="accounts.id", index=True)
    created_ms: int = big()
    expires_ms: int = big()
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)


class SignInCodeRow(SQLModel, table=True):
    """The latest code sent to a phone; only its digest is kept."""

    __tablename__ = "sign_in_codes"
    __table_args__ = (CheckConstraint("attempts >= 0", name="ck_sign_in_codes_attempts"),)

    phone: str = Field(primary_key=True)
    digest: str
    expires_ms: int = big()
    attempts: int = 0


class AddressRow(SQLModel, table=True):
    __tablename__ = "addresses"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="accounts.id", index=True)
    name: str
    phone: str
    province_code: str
    address: str
    is_default: bool = False
    created_ms: int = big()
