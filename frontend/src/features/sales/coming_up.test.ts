import { describe, expect, it } from 'vitest'
import { anOffer } from '@/protocol/samples'
import { comingUp, openingAfter, openingWords, opensInMs } from './coming_up'

const NOW_MS = Date.parse('2020-02-19T02:00:00.000Z')
const opensAt = (id: string, opens_at: string | null) => anOffer({ id, status: 'scheduled', opens_at })
const soon = opensAt('soon', '2020-02-19T03:00:00.000Z')
const sooner = opensAt('sooner', '2020-02-19T02:07:30.000Z')
const passed = opensAt('passed', '2020-02-19T01:59:59.000Z')
const unknown = opensAt('unknown', null)

describe('what comes up', () => {
  it('is in the order of its opening, and only what has an hour of its own', () => {
    const offers = [soon, unknown, anOffer(), anOffer({ status: 'draft', opens_at: soon.opens_at }), sooner]
    expect(comingUp(offers, NOW_MS, true).map(({ id }) => id)).toEqual(['sooner', 'soon'])
  })

  it('stays until the server has opened it, but waits for the show where there is none yet', () => {
    expect(comingUp([passed], NOW_MS, true)).toEqual([passed])
    expect(comingUp([passed], NOW_MS, false)).toEqual([])
  })

  it('opens in so many milliseconds, never fewer than none', () => {
    expect(opensInMs(sooner, NOW_MS)).toBe(450_000)
    expect(opensInMs(passed, NOW_MS)).toBe(0)
    expect(opensInMs(unknown, NOW_MS)).toBeNull()
    expect(opensInMs(anOffer(), NOW_MS)).toBeNull()
  })
})

describe('the words for it', () => {
  it.each([
    [sooner, true, { key: 'opens_in', ms: 450_000 }],
    [soon, true, { key: 'opens_at', at: '2020-02-19T03:00:00.000Z' }],
    [passed, true, { key: 'any_moment' }],
    [passed, false, { key: 'with_show' }],
    [unknown, true, { key: 'soon' }],
    [unknown, false, { key: 'with_show' }],
  ])('%#', (offer, isLive, words) => expect(openingWords(offer, NOW_MS, isLive)).toEqual(words))
})

describe('a countdown that a host starts', () => {
  it('ends on a whole second, no sooner than asked', () => {
    expect(openingAfter(10, NOW_MS)).toBe('2020-02-19T02:00:10.000Z')
    expect(openingAfter(60, NOW_MS + 1)).toBe('2020-02-19T02:01:01.000Z')
  })
})
