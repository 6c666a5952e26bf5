import { describe, expect, it } from 'vitest'
import { apply, EMPTY_ROOM, FEED_ENTRIES_MAX, isUrgent, type RoomState } from './room_state'
import { AN_EVENT, aCouponDrop, aGiveaway, anOffer, aSnapshot, aTick, chat } from './samples'
import type { Snapshot, Tick } from './types'

function after(...frames: (Snapshot | Tick)[]): RoomState {
  return frames.reduce((state, frame) => apply(state, frame).state, EMPTY_ROOM)
}

describe('a snapshot', () => {
  it('replaces everything but the feed', () => {
    const state = after(aSnapshot(), aSnapshot({ n: 40, viewers: 9, offers: [], likes: 8 }))
    expect(state).toMatchObject({ n: 40, viewers: 9, offers: [], likes: 8 })
    expect(state.feed).toHaveLength(1)
  })

  it('is extended by a resumed feed, each entry once', () => {
    const state = after(
      aSnapshot(),
      aSnapshot({ n: 2, feed: [chat('a.1-0'), chat('a.2-0')], feed_id: 'a.2-0' }),
    )
    expect(state.feed.map((entry) => entry.id)).toEqual(['a.1-0', 'a.2-0'])
    expect(state.feedId).toBe('a.2-0')
  })

  it('shows a gap as a divider between what is old and what is new', () => {
    const state = after(aSnapshot(), aSnapshot({ feed: [chat('b.9-0')], feed_id: 'b.9-0', gap: true }))
    expect(state.feed.map((entry) => entry.kind)).toEqual(['chat', 'gap', 'chat'])
  })

  it('shows no divider to somebody who has just come', () => {
    expect(after(aSnapshot({ gap: true })).feed.map((entry) => entry.kind)).toEqual(['chat'])
  })
})

describe('a giveaway', () => {
  it('comes with a tick, changes with the next, and is seen at once', () => {
    const none = after(aSnapshot())
    expect(none.giveaway).toBeNull()
    const open = apply(none, aTick(11, { giveaway: [aGiveaway()] })).state
    expect(open.giveaway).toMatchObject({ giveaway_id: 'gvw_1', status: 'open' })
    expect(isUrgent(none, open)).toBe(true)
    const more = apply(open, aTick(12, { giveaway: [aGiveaway({ entries: 99 })] })).state
    expect(more.giveaway?.entries).toBe(99)
    expect(isUrgent(open, more)).toBe(false)
    const drawn = apply(more, aTick(13, { giveaway: [aGiveaway({ status: 'drawn', seed: 's' })] })).state
    expect(drawn.giveaway?.seed).toBe('s')
    expect(isUrgent(more, drawn)).toBe(true)
    expect(apply(drawn, aTick(14)).state.giveaway).toBe(drawn.giveaway)
  })
})

describe('a coupon drop', () => {
  const open = after(aSnapshot({ coupon_drop: [aCouponDrop()] }))

  it('is counted with the rest, and is seen at once when it is gone or another', () => {
    const more = apply(open, aTick(11, { coupon_drop: [{ id: 'coupon_drop', claimed: 99 }] })).state
    expect(more.coupon_drop).toEqual(aCouponDrop({ claimed: 99 }))
    expect(isUrgent(open, more)).toBe(false)
    const gone = apply(more, aTick(12, { coupon_drop: [{ id: 'coupon_drop', claimed: 100, status: 'gone' }] })).state
    expect(isUrgent(more, gone)).toBe(true)
    const next = apply(gone, aTick(13, { coupon_drop: [aCouponDrop({ drop_id: 'cpd_2' })] })).state
    expect(next.coupon_drop).toEqual(aCouponDrop({ drop_id: 'cpd_2' }))
    expect(isUrgent(gone, next)).toBe(true)
  })

  it('is not made up from news of one that was never told of', () => {
    expect(after(aSnapshot(), aTick(11, { coupon_drop: [{ id: 'coupon_drop', claimed: 3 }] })).coupon_drop).toBeNull()
  })

  it('is none for a server that does not know of any', () => {
    const { coupon_drop: _, ...older } = aSnapshot()
    expect(after(older as Snapshot).coupon_drop).toBeNull()
  })
})

describe('a tick', () => {
  it('changes what it names and nothing else', () => {
    const before = after(aSnapshot())
    const state = apply(before, aTick(11, { viewers: 6 })).state
    expect(state).toEqual({ ...before, n: 11, viewers: 6 })
    expect(state.offers).toBe(before.offers)
    expect(state.feed).toBe(before.feed)
  })

  it('lays numbers over an offer and keeps its terms', () => {
    const numbers = { id: 'off_1', available: 0, reserved: 10, sold: 90, status: 'sold_out' as const }
    const state = after(aSnapshot(), aTick(11, { offers: [numbers] }))
    expect(state.offers[0]).toEqual(anOffer(numbers))
  })

  it('takes a whole item in place of an old one, and appends a new one', () => {
    const dearer = anOffer({ price_fen: 2090 })
    const second = anOffer({ id: 'off_2', title: '3斤装' })
    const state = after(aSnapshot(), aTick(11, { offers: [second, dearer] }))
    expect(state.offers).toEqual([dearer, second])
  })

  it('ignores the numbers of an offer that it does not know', () => {
    const state = after(aSnapshot(), aTick(11, { offers: [{ id: 'off_9', available: 1 }] }))
    expect(state.offers.map((offer) => offer.id)).toEqual(['off_1'])
  })

  it('takes a changed event', () => {
    const pinned = { ...AN_EVENT, pinned_offer_id: 'off_1' }
    expect(after(aSnapshot(), aTick(11, { event: pinned })).event).toEqual(pinned)
  })

  it('keeps the newest entries only', () => {
    const flood = Array.from({ length: FEED_ENTRIES_MAX + 5 }, (_, i) => chat(`a.2-${i}`))
    const state = after(aSnapshot(), aTick(11, { feed: flood, feed_id: 'a.2-204' }))
    expect(state.feed).toHaveLength(FEED_ENTRIES_MAX)
    expect(state.feed.at(-1)?.id).toBe('a.2-204')
  })
})

describe('what is taken back', () => {
  const said = after(aSnapshot(), aTick(11, { feed: [chat('a.2-0'), chat('a.3-0')], feed_id: 'a.3-0' }))
  const ids = (state: RoomState): string[] => state.feed.map((entry) => entry.id)

  it('is on no screen after the tick, and must be seen to go at once', () => {
    const state = apply(said, aTick(12, { retracted: ['a.2-0', 'a.9-0'], feed_id: 'a.4-0' })).state
    expect(ids(state)).toEqual(['a.1-0', 'a.3-0'])
    expect(state.feedId).toBe('a.4-0')
    expect(isUrgent(said, state)).toBe(true)
  })

  it('goes with a snapshot too, for whoever was away when it was told', () => {
    const state = apply(said, aSnapshot({ feed: [chat('a.5-0')], feed_id: 'a.5-0', retracted: ['a.3-0'] })).state
    expect(ids(state)).toEqual(['a.1-0', 'a.2-0', 'a.5-0'])
  })

  it('changes nothing where it was never shown', () => {
    const state = apply(said, aTick(12, { retracted: ['a.9-0'] })).state
    expect(state.feed).toBe(said.feed)
    expect(isUrgent(said, state)).toBe(false)
  })

  it('leaves what a fresh snapshot shows, whatever came before', () => {
    // Every order of saying and taking back six messages, told entry by entry.
    const places = [0, 1, 2, 3, 4, 5]
    for (let choice = 0; choice < 2 ** places.length; choice += 1) {
      const gone = places.filter((place) => (choice >> place) & 1)
      const ticks = [
        ...places.map((place) => ({ feed: [chat(`b.${place}-0`)] })),
        ...gone.map((place) => ({ retracted: [`b.${place}-0`] })),
      ]
      const told = after(aSnapshot({ feed: [] }), ...ticks.map((change, n) => aTick(11 + n, change)))
      const kept = places.filter((place) => !gone.includes(place)).map((place) => chat(`b.${place}-0`))
      expect(told.feed).toEqual(after(aSnapshot({ feed: kept })).feed)
    }
  })
})

it('slow mode is known from the snapshot and from ticks', () => {
  const state = after(aSnapshot(), aTick(11, { chat: [{ id: 'chat', interval_seconds: 30 }] }))
  expect(state.chat?.interval_seconds).toBe(30)
})

describe('a hole', () => {
  it('is noticed, changes nothing, and lasts until a snapshot', () => {
    const before = after(aSnapshot())
    const hole = apply(before, aTick(13, { viewers: 99 }))
    expect(hole.isHole).toBe(true)
    expect(hole.state.viewers).toBe(5)
    expect(apply(hole.state, aTick(14)).isHole).toBe(true)
    expect(apply(hole.state, aSnapshot({ n: 14 })).isHole).toBe(false)
  })

  it('is what a tick before any snapshot is', () => {
    expect(apply(EMPTY_ROOM, aTick(1)).isHole).toBe(true)
  })
})

describe('urgency', () => {
  const before = after(aSnapshot())

  it.each([
    ['a pin', aTick(11, { event: { ...AN_EVENT, pinned_offer_id: 'off_1' } }), true],
    ['selling out', aTick(11, { offers: [{ id: 'off_1', available: 0, status: 'sold_out' as const }] }), true],
    ['another price', aTick(11, { offers: [anOffer({ price_fen: 1 })] }), true],
    ['a new offer', aTick(11, { offers: [anOffer({ id: 'off_2' })] }), true],
    ['a box sold of many', aTick(11, { offers: [{ id: 'off_1', available: 89, sold: 7 }] }), false],
    ['chat and counters', aTick(11, { viewers: 8, feed: [chat('a.3-0')] }), false],
  ])('of %s', (_, tick, expected) => {
    expect(isUrgent(before, apply(before, tick).state)).toBe(expected)
  })
})
