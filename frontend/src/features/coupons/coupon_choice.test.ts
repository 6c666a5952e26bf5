import { describe, expect, it } from 'vitest'
import { aCoupon } from '@/protocol/samples'
import { BEST, byWorth, chosenCoupon, isUsable, missingFen, type Wish } from './coupon_choice'

const NOW_MS = Date.parse('2020-02-19T02:01:00.000Z')
const FIVE = aCoupon({ id: 'cpn_5', off_fen: 500, min_spend_fen: 5_000 })
const TEN = aCoupon({ id: 'cpn_10', off_fen: 1_000, min_spend_fen: 9_000 })
const TWO = aCoupon({ id: 'cpn_2', off_fen: 200, min_spend_fen: 1_000 })

function chosen(wish: Wish, goodsFen: number, coupons = [TWO, TEN, FIVE]): string | null {
  return chosenCoupon(byWorth(coupons, goodsFen, NOW_MS), wish, goodsFen)?.id ?? null
}

describe('the best coupon', () => {
  it('takes most off of what the order comes to', () => {
    expect(chosen(BEST, 10_000)).toBe('cpn_10')
    expect(chosen(BEST, 8_999)).toBe('cpn_5')
    expect(chosen(BEST, 5_000)).toBe('cpn_5')
    expect(chosen(BEST, 4_999)).toBe('cpn_2')
    expect(chosen(BEST, 999)).toBeNull()
  })

  it('is, of two that take as much off, the one that ends first', () => {
    const later = aCoupon({ id: 'cpn_b', use_until: '2020-02-20T02:00:00.000Z' })
    const sooner = aCoupon({ id: 'cpn_a', use_until: '2020-02-19T12:00:00.000Z' })
    expect(chosen(BEST, 5_000, [later, sooner])).toBe('cpn_a')
  })

  it('is none that was used, or whose time is over', () => {
    const used = aCoupon({ status: 'used', order_id: 'ord_1' })
    const late = aCoupon({ use_until: '2020-02-19T02:01:00.000Z' })
    expect(chosen(BEST, 5_000, [used, late])).toBeNull()
    expect(isUsable(late, NOW_MS - 1)).toBe(true)
    expect(isUsable(late, NOW_MS)).toBe(false)
  })
})

describe('a buyer’s wish', () => {
  it('counts while it can be had', () => {
    expect(chosen({ kind: 'this', id: 'cpn_2' }, 10_000)).toBe('cpn_2')
    expect(chosen({ kind: 'none' }, 10_000)).toBeNull()
  })

  it('gives way to the best where it cannot: fewer boxes, or somebody has used it', () => {
    expect(chosen({ kind: 'this', id: 'cpn_10' }, 5_000)).toBe('cpn_5')
    expect(chosen({ kind: 'this', id: 'cpn_gone' }, 5_000)).toBe('cpn_5')
  })
})

it('what asks for more comes last, the nearest first, and says what is missing', () => {
  expect(byWorth([TEN, FIVE, TWO], 4_000, NOW_MS).map(({ id }) => id)).toEqual(['cpn_2', 'cpn_5', 'cpn_10'])
  expect(missingFen(FIVE, 3_980)).toBe(1_020)
  expect(missingFen(FIVE, 5_000)).toBe(0)
})
