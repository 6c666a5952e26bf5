import { expect, it } from 'vitest'
import { AN_EVENT, anOffer } from '@/protocol/samples'
import type { EventStatus, EventWithOffers } from '@/protocol/types'
import { calendarOf, weekFrom } from './calendar'

function event(id: string, status: EventStatus, startsAt: Date): EventWithOffers {
  return { ...AN_EVENT, id, status, starts_at: startsAt.toISOString(), offers: [anOffer()] }
}

const events = [
  event('late', 'scheduled', new Date(2020, 1, 20, 20)),
  event('early', 'scheduled', new Date(2020, 1, 20, 8)),
  event('next', 'scheduled', new Date(2020, 1, 21, 8)),
  event('live', 'live', new Date(2020, 1, 19, 10)),
  event('older', 'ended', new Date(2020, 1, 17, 10)),
  event('old', 'ended', new Date(2020, 1, 18, 10)),
]

it('puts what is live first, what is to come by day, and what is over last', () => {
  const calendar = calendarOf(events)
  expect(calendar.live.map(({ id }) => id)).toEqual(['live'])
  expect(calendar.coming.map((day) => day.events.map(({ id }) => id))).toEqual([['early', 'late'], ['next']])
  expect(calendar.past.map(({ id }) => id)).toEqual(['old', 'older'])
})

it('counts a week from today, what is live today included', () => {
  const week = weekFrom(new Date(2020, 1, 19, 11).getTime(), events)
  expect(week.map(({ count }) => count)).toEqual([1, 2, 1, 0, 0, 0, 0])
})
