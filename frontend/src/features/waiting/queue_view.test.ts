import { describe, expect, it } from 'vitest'
import type { QueuePlace, QueueShown } from '@/protocol/types'
import { isLost, isStale, queueView } from './queue_view'

const NOW_MS = Date.parse('2020-02-19T02:00:00.000Z')
const SHOWN: QueueShown = {
  id: 'queue',
  status: 'open',
  waiting: 500,
  admitted: 100,
  per_minute: 60,
  epoch: 'e1',
  draw: 'd',
}
const WAITING: QueuePlace = {
  standing: 'waiting',
  number: 250,
  position: 170,
  wait_seconds: 170,
  until: null,
  epoch: 'e1',
}
const GATHERING: QueuePlace = { ...WAITING, standing: 'gathering', number: null, position: null, wait_seconds: null }
const ADMITTED: QueuePlace = { ...WAITING, standing: 'admitted', position: null, until: '2020-02-19T02:02:00.000Z' }

describe('where one stands', () => {
  it('is nowhere in an event without a waiting room', () => {
    expect(queueView(null, null, NOW_MS)).toEqual({ kind: 'none' })
  })

  it('follows the pointer in the ticks without being told', () => {
    expect(queueView(SHOWN, WAITING, NOW_MS)).toEqual({ kind: 'waiting', position: 150, minutes: 3 })
    expect(queueView({ ...SHOWN, admitted: 249 }, WAITING, NOW_MS)).toEqual({ kind: 'waiting', position: 1, minutes: 1 })
  })

  it('has no number before the draw', () => {
    const gathering = { ...SHOWN, status: 'gathering' as const }
    expect(queueView(gathering, GATHERING, NOW_MS)).toEqual({ kind: 'gathering', people: 500 })
    expect(queueView(gathering, null, NOW_MS)).toEqual({ kind: 'outside', others: 500, isGathering: true })
  })

  it('is one’s turn until it ends', () => {
    expect(queueView(SHOWN, ADMITTED, NOW_MS)).toEqual({ kind: 'turn', leftMs: 120_000 })
    expect(queueView(SHOWN, ADMITTED, NOW_MS + 120_000)).toEqual({ kind: 'over' })
  })

  it('means nothing in another queue', () => {
    expect(queueView({ ...SHOWN, epoch: 'e2' }, WAITING, NOW_MS).kind).toBe('outside')
    expect(isLost({ ...SHOWN, epoch: 'e2' }, WAITING)).toBe(true)
    expect(isLost({ ...SHOWN, epoch: 'e2' }, { ...WAITING, standing: 'over' })).toBe(false)
    expect(isLost(SHOWN, WAITING)).toBe(false)
  })
})

describe('the server is asked', () => {
  it.each([
    ['on arrival', SHOWN, null, true],
    ['while nothing has happened', SHOWN, WAITING, false],
    ['when the draw was made', SHOWN, GATHERING, true],
    ['when the pointer comes by', { ...SHOWN, admitted: 250 }, WAITING, true],
    ['when the queue is another', { ...SHOWN, epoch: 'e2' }, WAITING, true],
    ['while it is one’s turn', SHOWN, ADMITTED, false],
    ['before the server has seen the queue', { ...SHOWN, epoch: '' }, null, false],
  ])('%s: %#', (_, shown, mine, expected) => {
    expect(isStale(shown, mine, NOW_MS)).toBe(expected)
  })

  it('when the turn has ended', () => {
    expect(isStale(SHOWN, ADMITTED, NOW_MS + 120_000)).toBe(true)
  })
})
