"""What the HTTP calls about people take and answer."""

from typing import Annotated

import msgspec

from live.values import AccountId, Role

Phone = Annotated[
    str, msgspec.Meta(min_length=5, max_length=20, description="E.164, or a mainland number")
]
PersonName = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
ProvinceCode = Annotated[
    str, msgspec.Meta(pattern="^[0-9]{6}$", max_length=6, description="GB/T 2260, such as 440000")
]
AddressText = Annotated[str, msgspec.Meta(min_length=4, max_length=200)]


class CodeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    phone: Phone
    captcha: Annotated[
        str,
        msgspec.Meta(max_length=8_192, description="the widget's token, after captcha_required"),
    ] = ""


class CodeSent(msgspec.Struct, frozen=True):
    good_seconds: int


class SessionRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    phone: Phone
    code: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$", max_length=6)]


class Account(msgspec.Struct, frozen=True):
    id: AccountId
    role: Role
    name: str


class AccountDetail(Account, frozen=True):
    """An account as operators see it."""

    phone: str
    created_at: str
    is_banned: bool


class Session(msgspec.Struct, frozen=True):
    token: str
    account: Account


class Ticket(msgspec.Struct, frozen=True):
    """Opens one WebSocket as its owner, once, within ``expires_seconds``."""

    ticket: str
    expires_seconds: int


class ProfileUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: PersonName


class RoleUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: Role


class ShipTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where goods go, and to whom."""

    name: PersonName
    phone: Phone
    province_code: ProvinceCode
    address: AddressText


class Shipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who carries a parcel, and what they call it."""

    carrier: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    tracking_number: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z-]+$", max_length=40)]


class AddressUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: PersonName
    phone: Phone
    province_code: ProvinceCode
    address: AddressText
    is_default: bool = False


class Address(msgspec.Struct, frozen=True):
    id: str
    name: str
    phone: str
    province_code: str
    address: str
    is_default: bool
