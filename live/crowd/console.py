"""A crowd's progress in a terminal: a live table, or plain lines where there is no terminal."""

import time
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from live.crowd.plan import Progress
from live.values import FEN_PER_YUAN, GRAMS_PER_JIN

REDRAWS_PER_SECOND = 2
PLAIN_LINE_SECONDS = 2.0  # seconds between lines without a terminal


class CrowdConsole:
    """Shows progress; a context manager.

    Args:
        terms: offer id → (price in fen, grams of a unit), to show money and weight.
    """

    def __init__(self, console: Console, title: str, terms: dict[str, tuple[int, int]]) -> None:
        self._console = console
        self._title = title
        self._terms = terms
        self._live = Live(console=console, refresh_per_second=REDRAWS_PER_SECOND, transient=True)
        self._last_line_at = 0.0
        self._last_orders = (time.monotonic(), 0)
        self._orders_per_second = 0.0

    def __enter__(self) -> "CrowdConsole":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def show(self, progress: Progress) -> None:
        """Draw the newest progress (in a terminal), or print a line now and then."""
        self._measure(progress)
        if self._console.is_terminal:
            self._live.update(self._draw(progress))
        elif time.monotonic() - self._last_line_at >= PLAIN_LINE_SECONDS:
            self._last_line_at = time.monotonic()
            self.note(self._headline(progress))

    def note(self, line: str) -> None:
        """A line that stays, above the live table."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _measure(self, progress: Progress) -> None:
        now = time.monotonic()
        then, orders = self._last_orders
        if now - then >= 1.0:
            self._orders_per_second = (progress.orders - orders) / (now - then)
            self._last_orders = (now, progress.orders)

    def _sold(self, progress: Progress) -> tuple[int, float, float]:
        """(units, jin, yuan) sold, by what the room shows."""
        units = jin = yuan = 0.0
        for offer in progress.offers:
            price_fen, unit_grams = self._terms.get(offer.id, (0, 0))
            units += offer.sold
            jin += offer.sold * unit_grams / GRAMS_PER_JIN
            yuan += offer.sold * price_fen / FEN_PER_YUAN
        return int(units), jin, yuan

    def _headline(self, progress: Progress) -> str:
        units, jin, yuan = self._sold(progress)
        return (
            f"viewers {progress.room_viewers:,} · orders {progress.orders:,}"
            f" ({self._orders_per_second:,.0f}/s) · sold {units:,} boxes, {jin:,.0f} jin,"
            f" ¥{yuan:,.2f} · refused {progress.refused:,} · unknown {progress.unknown:,}"
            f" · p99 {progress.order_p99_ms:.0f} ms"
        )

    def _draw(self, progress: Progress) -> RenderableType:
        table = Table(expand=True, box=None, padding=(0, 1))
        for name in ("offer", "status", "left", "held", "sold"):
            table.add_column(name, justify="left" if name in ("offer", "status") else "right")
        table.add_column("", ratio=1)
        for offer in progress.offers:
            allotted = offer.available + offer.reserved + offer.sold
            table.add_row(
                Text(offer.title),  # as it is: brackets are no markup
                offer.status,
                f"{offer.available:,}",
                f"{offer.reserved:,}",
                f"{offer.sold:,}",
                ProgressBar(total=max(1, allotted), completed=offer.sold),
            )
        feed = Text("\n".join(progress.lines), style="dim")
        trouble = {**progress.faults, **({"holes": progress.holes} if progress.holes else {})}
        headline = Text(self._headline(progress), style="bold")
        parts: list[RenderableType] = [headline, table, feed]
        if trouble:
            parts.append(Text(f"the room broke its word: {trouble}", style="red"))
        return Panel(Group(*parts), title=Text(self._title))
