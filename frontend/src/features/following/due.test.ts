import { expect, it } from 'vitest'
import type { Reminder } from '@/protocol/types'
import { dueReminders, LATE_MS } from './due'

const STARTS_MS = Date.parse('2020-02-19T02:00:00.000Z')
const reminder: Reminder = {
  event_id: 'evt_1',
  event_title: '徐闻菠萝',
  event_status: 'scheduled',
  host_name: '林知夏',
  starts_at: '2020-02-19T02:00:00.000Z',
  remind_at: '2020-02-19T01:50:00.000Z',
  sent_at: null,
}
const never = () => false

it.each([
  [-600_001, 0],
  [-600_000, 1],
  [LATE_MS - 1, 1],
  [LATE_MS, 0],
])('%i ms from the start %i are due', (fromStartMs, count) => {
  expect(dueReminders([reminder], STARTS_MS + fromStartMs, never)).toHaveLength(count)
})

it('what was put away is not shown again', () => {
  expect(dueReminders([reminder], STARTS_MS, (id) => id === 'evt_1')).toEqual([])
})
