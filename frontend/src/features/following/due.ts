/** Which reminders are to be shown now. Pure; times are by the server's clock. */

import type { Reminder } from '@/protocol/types'

/** After the start nobody is reminded any more; the server sends nothing then either. */
export const LATE_MS = 15 * 60_000

export function dueReminders(
  reminders: readonly Reminder[],
  nowMs: number,
  isDismissed: (eventId: string) => boolean,
): Reminder[] {
  return reminders.filter(
    ({ event_id, remind_at, starts_at }) =>
      nowMs >= Date.parse(remind_at) && nowMs < Date.parse(starts_at) + LATE_MS && !isDismissed(event_id),
  )
}
