import { describe, expect, it } from 'vitest'
import { AN_EVENT, anOffer } from '@/protocol/samples'
import { featuredOffer, nextOffer, shownOffers, stockWords, unitsMax, withDrafts } from './offers'

const NOW_MS = Date.parse('2020-02-19T02:00:00.000Z')
const open = anOffer({ id: 'open' })
const draft = anOffer({ id: 'draft', status: 'draft' })
const gone = anOffer({ id: 'gone', status: 'sold_out', available: 0, reserved: 0, sold: 100 })
const soon = anOffer({ id: 'soon', status: 'scheduled', opens_at: '2020-02-19T03:00:00.000Z' })
const sooner = anOffer({ id: 'sooner', status: 'scheduled', opens_at: '2020-02-19T02:30:00.000Z' })

describe('stock in words', () => {
  it.each([
    [open, { key: 'left', count: 90 }],
    [anOffer({ available: 0, reserved: 4, status: 'sold_out' }), { key: 'held', count: 4 }],
    [gone, { key: 'sold_out' }],
    [soon, { key: 'scheduled' }],
    [anOffer({ status: 'closed' }), { key: 'closed' }],
  ])('%#', (offer, words) => expect(stockWords(offer)).toEqual(words))
})

describe('drafts', () => {
  it('come from HTTP, behind what the room shows', () => {
    expect(withDrafts([open], [draft, open])).toEqual([open, draft])
  })

  it('are the room’s own word once it has them', () => {
    const opened = anOffer({ id: 'draft', status: 'open' })
    expect(withDrafts([opened], [draft])).toEqual([opened])
  })

  it('are all that HTTP adds: what the room no longer has is gone', () => {
    expect(withDrafts([], [open])).toEqual([])
  })
})

describe('the offer held up', () => {
  it('is the pinned one, even when it is gone', () => {
    const event = { ...AN_EVENT, pinned_offer_id: 'gone' }
    expect(featuredOffer(event, [open, gone, sooner], NOW_MS)?.id).toBe('gone')
  })

  it('is otherwise what can be bought, then what opens first', () => {
    expect(featuredOffer(AN_EVENT, [gone, soon, open], NOW_MS)?.id).toBe('open')
    expect(featuredOffer(AN_EVENT, [gone, soon, sooner], NOW_MS)?.id).toBe('sooner')
    expect(featuredOffer(AN_EVENT, [draft], NOW_MS)).toBeNull()
  })

  it('is what opens in a few minutes, whatever else sells, unless the host holds up another', () => {
    const shortlyBefore = Date.parse('2020-02-19T02:21:00.000Z')
    expect(featuredOffer(AN_EVENT, [open, sooner], shortlyBefore)?.id).toBe('sooner')
    expect(featuredOffer({ ...AN_EVENT, pinned_offer_id: 'open' }, [open, sooner], shortlyBefore)?.id).toBe('open')
  })
})

it('after the last box comes the next offer that can be had', () => {
  expect(nextOffer(gone, [gone, soon, open])?.id).toBe('open')
  expect(nextOffer(gone, [gone, draft])).toBeNull()
})

it('drafts are not shown to buyers', () => expect(shownOffers([draft, open])).toEqual([open]))

it('nobody is offered more than the limit, or than there is', () => {
  expect(unitsMax(open)).toBe(2)
  expect(unitsMax(anOffer({ available: 1 }))).toBe(1)
})
