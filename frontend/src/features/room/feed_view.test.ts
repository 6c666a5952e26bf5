import { describe, expect, it } from 'vitest'
import { chat } from '@/protocol/samples'
import type { FeedEntry } from '@/protocol/types'
import { chatsSince, LINES_DRAWN, logLines, ordersSince } from './feed_view'

const orders: FeedEntry = { id: 'o.1', kind: 'orders', at: '', names: ['小*', '阿*'], count: 7 }
const feed = [chat('a.1'), orders, chat('a.2'), { id: 'x.1', kind: 'a kind to come', at: '' }]

describe('the log', () => {
  it('shows what people said, and neither toasts nor kinds that it does not know', () => {
    expect(logLines(feed).map(({ id }) => id)).toEqual(['a.1', 'a.2'])
  })

  it('tells of giveaways, but not of each who enters one', () => {
    const head = { at: '', giveaway_id: 'gvw_1' }
    const lines = logLines([
      { ...head, id: 'g.1', kind: 'giveaway_opened', title: '福袋', prize: '菠萝' },
      { ...head, id: 'g.2', kind: 'giveaway_entries', count: 40, names: ['小**'] },
      { ...head, id: 'g.3', kind: 'giveaway_drawn', title: '福袋', count: 1, names: ['李**'] },
      { ...head, id: 'g.4', kind: 'giveaway_cancelled', title: '福袋', reason: '填错了' },
    ])
    expect(lines).toMatchObject([
      { what: 'opened', title: '福袋' },
      { what: 'drawn', names: ['李**'], count: 1 },
      { what: 'cancelled', reason: '填错了' },
    ])
  })

  it('tells of coupons, and that they are gone', () => {
    const head = { at: '', drop_id: 'cpd_1', title: '开场券', quantity: 100 }
    const lines = logLines([
      { ...head, id: 'c.1', kind: 'coupon_drop_opened', off_fen: 500, min_spend_fen: 5_000 },
      { ...head, id: 'c.2', kind: 'coupons_gone' },
    ])
    expect(lines).toMatchObject([
      { what: 'opened', offFen: 500, minSpendFen: 5_000, quantity: 100 },
      { what: 'gone', title: '开场券', quantity: 100 },
    ])
  })

  it('draws the newest lines only', () => {
    const long = Array.from({ length: 100 }, (_, i) => chat(`a.${i}`))
    const lines = logLines(long)
    expect(lines).toHaveLength(LINES_DRAWN)
    expect(lines.at(-1)?.id).toBe('a.99')
  })

  it('reads names and texts with care', () => {
    expect(logLines([{ id: 'a.1', kind: 'chat', at: '', name: 7 }])).toMatchObject([{ name: '', text: '' }])
  })
})

it('a toast is shown once, and several as one', () => {
  expect(ordersSince(feed, null)).toMatchObject({ id: 'o.1', names: ['小*', '阿*'], count: 7 })
  expect(ordersSince(feed, 'o.1')).toBeNull()
  const more: FeedEntry = { id: 'o.2', kind: 'orders', at: '', names: ['林*'], count: 3 }
  expect(ordersSince([...feed, more], null)).toMatchObject({ id: 'o.2', names: ['林*'], count: 10 })
})

it('what was said since is counted for the summary', () => {
  expect(chatsSince(feed, 'a.1')).toBe(1)
  expect(chatsSince(feed, null)).toBe(2)
})
