"""What people do: who pays, who gives up, who presses twice. Pure."""

from dataclasses import dataclass
from enum import Enum


class Habit(Enum):
    """How a buyer orders, and what follows once the units are reserved."""

    PAYS = "pays"  # in the same call
    PAYS_LATER = "pays later"
    ABANDONS = "abandons"  # never pays; the hold expires and the units return
    CANCELS = "cancels"
    REPEATS = "repeats"  # presses Buy twice: the same key again, then pays


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares of buyers by habit (the rest pays at once); how long people hesitate at speed 1."""

    abandon_share: float = 0.03
    cancel_share: float = 0.02
    repeat_share: float = 0.03
    pay_later_share: float = 0.17
    decide_seconds: float = 3.0  # median, from arriving to pressing Buy
    pay_seconds: float = 5.0  # median, from reserved to paying

    @property
    def give_up_share(self) -> float:
        return self.abandon_share + self.cancel_share

    def draw(self, uniform: float) -> Habit:
        for habit, share in (
            (Habit.ABANDONS, self.abandon_share),
            (Habit.CANCELS, self.cancel_share),
            (Habit.REPEATS, self.repeat_share),
            (Habit.PAYS_LATER, self.pay_later_share),
        ):
            if uniform < share:
                return habit
            uniform -= share
        return Habit.PAYS


@dataclass(slots=True)
class Intent:
    """One person's wish to buy one box, preferably of one offer."""

    buyer: int
    offer_id: str
    habit: Habit
