"""Every table of the platform in one metadata: what migrations are compared with.

A feature with tables of its own adds its line here.
"""

from sqlmodel import SQLModel

import live.accounts.tables
import live.catalog.tables
import live.claims.tables
import live.coupons.tables
import live.events.tables
import live.following.tables
import live.giveaways.tables
import live.moderation.tables
import live.sales.tables
import live.stock.tables
import live.storage.tables  # noqa: F401

metadata = SQLModel.metadata
