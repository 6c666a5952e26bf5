import { describe, expect, it } from 'vitest'
import { aGiveaway } from '@/protocol/samples'
import type { GiveawayEntry } from '@/protocol/types'
import { giveawayView, isOnScreen, newestEntries, RESULT_SHOWN_MS } from './giveaway_view'

const NOW_MS = Date.parse('2020-02-19T02:01:00.000Z')
const MINE: GiveawayEntry = { id: 'ent_2', giveaway_id: 'gvw_1', entered_at: '2020-02-19T02:00:30.000Z', place: null }
const DRAWN = aGiveaway({
  status: 'drawn',
  drawn_at: '2020-02-19T02:00:50.000Z',
  winners: [
    { place: 1, entry_id: 'ent_9', name: '李**' },
    { place: 2, entry_id: 'ent_2', name: '王**' },
  ],
})

describe('a giveaway', () => {
  it('is nothing where there was none', () => {
    expect(giveawayView(null, null, NOW_MS)).toEqual({ kind: 'none' })
  })

  it('counts down by the server’s clock, and then waits for the draw', () => {
    expect(giveawayView(aGiveaway(), null, NOW_MS)).toEqual({ kind: 'open', leftMs: 120_000, hasEntered: false })
    expect(giveawayView(aGiveaway(), MINE, NOW_MS + 120_000)).toEqual({ kind: 'drawing', hasEntered: true })
    expect(giveawayView(aGiveaway({ status: 'frozen' }), null, NOW_MS).kind).toBe('drawing')
  })

  it('is won by whose entry is among the winners', () => {
    expect(giveawayView(DRAWN, MINE, NOW_MS)).toMatchObject({ kind: 'drawn', place: 2, hasEntered: true })
    expect(giveawayView(DRAWN, { ...MINE, id: 'ent_3' }, NOW_MS)).toMatchObject({ place: null, hasEntered: true })
    expect(giveawayView(DRAWN, null, NOW_MS)).toMatchObject({ place: null, hasEntered: false })
  })

  it('has nothing to do with an entry of another one', () => {
    expect(giveawayView(DRAWN, { ...MINE, giveaway_id: 'gvw_0' }, NOW_MS)).toMatchObject({ hasEntered: false })
  })

  it('tells who entered last', () => {
    const said = (id: string, names: string[], giveaway_id = 'gvw_1') => ({
      id, kind: 'giveaway_entries', at: '2020-02-19T02:00:01.000Z', giveaway_id, count: names.length, names,
    })
    const feed = [said('a', ['李**']), said('b', ['王**', '陈**']), said('c', ['赵**'], 'gvw_0')]
    expect(newestEntries(feed, 'gvw_1')).toMatchObject({ names: ['王**', '陈**'], count: 2 })
    expect(newestEntries(feed, 'gvw_2')).toBeNull()
    expect(newestEntries([], undefined)).toBeNull()
  })

  it('leaves the screen some minutes after its draw', () => {
    expect(isOnScreen(giveawayView(DRAWN, null, NOW_MS))).toBe(true)
    expect(isOnScreen(giveawayView(DRAWN, null, NOW_MS + RESULT_SHOWN_MS))).toBe(false)
    expect(isOnScreen(giveawayView(aGiveaway({ status: 'cancelled' }), null, NOW_MS))).toBe(false)
  })
})
