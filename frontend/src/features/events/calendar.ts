/** How a list of events becomes a calendar. Pure. */

import { dayKey, startOfDay } from '@/design/format'
import type { EventWithOffers } from '@/protocol/types'

export interface CalendarDay {
  readonly key: string
  /** Midnight in the reader's zone, ms. */
  readonly startMs: number
  readonly events: readonly EventWithOffers[]
}

export interface Calendar {
  readonly live: readonly EventWithOffers[]
  /** From today on, in order. */
  readonly coming: readonly CalendarDay[]
  /** Ended ones, the newest first. */
  readonly past: readonly EventWithOffers[]
}

export function calendarOf(events: readonly EventWithOffers[]): Calendar {
  const byStart = [...events].sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))
  return {
    live: byStart.filter((event) => event.status === 'live').reverse(),
    coming: days(byStart.filter((event) => event.status === 'scheduled' || event.status === 'cancelled')),
    past: byStart.filter((event) => event.status === 'ended').reverse(),
  }
}

function days(events: readonly EventWithOffers[]): CalendarDay[] {
  const found = new Map<string, EventWithOffers[]>()
  for (const event of events) {
    const key = dayKey(event.starts_at)
    found.set(key, [...(found.get(key) ?? []), event])
  }
  return [...found].map(([key, ofDay]) => ({
    key,
    startMs: startOfDay(new Date(ofDay[0]!.starts_at)),
    events: ofDay,
  }))
}

/** The seven days from today, and how many events each has. */
export function weekFrom(nowMs: number, events: readonly EventWithOffers[]): { startMs: number; key: string; count: number }[] {
  const today = new Date(nowMs)
  return Array.from({ length: 7 }, (_, offset) => {
    const date = new Date(today.getFullYear(), today.getMonth(), today.getDate() + offset)
    const key = dayKey(date.getTime())
    const count = events.filter(
      (event) => event.status === 'live' ? offset === 0 : event.status === 'scheduled' && dayKey(event.starts_at) === key,
    ).length
    return { startMs: date.getTime(), key, count }
  })
}
