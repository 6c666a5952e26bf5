import { describe, expect, it } from 'vitest'
import type { EventSales, MinuteSales } from '@/protocol/types'
import { funnelSteps, ordersPerMinute, paidShare, recent, sellThrough } from './sales_figures'

const minute = (orders: number): MinuteSales => ({ at: '', orders, paid_orders: 0, units: 0, amount_fen: 0 })
const TOTALS = {
  orders: 10,
  paid_orders: 6,
  reserved_orders: 2,
  expired_orders: 1,
  cancelled_orders: 1,
  refunded_orders: 0,
  units_sold: 6,
  grams_sold: 18_000,
  amount_fen: 11_940,
  claimed_fen: 0,
  discount_fen: 0,
}
const sales = (change: Partial<EventSales> = {}): EventSales => ({
  event_id: 'evt_1',
  at: '',
  totals: TOTALS,
  offers: [],
  minutes: [minute(3), minute(7), minute(1)],
  funnel: { views: 200, unique_viewers: 100, buyers: 8, orders: 10, paid_orders: 6 },
  provinces: [],
  ...change,
})

describe('per minute', () => {
  it('is the last full minute', () => expect(ordersPerMinute(sales())).toBe(7))
  it('is the running one while there is no other', () => expect(ordersPerMinute(sales({ minutes: [minute(4)] }))).toBe(4))
  it('leaves the running minute out of the line', () => {
    expect(recent(sales().minutes, ({ orders }) => orders)).toEqual([3, 7])
  })
})

it('orders still open say nothing about payment', () => {
  expect(paidShare(sales())).toBe(6 / 8)
  expect(paidShare(sales({ totals: { ...TOTALS, orders: 2 } }))).toBeNull()
})

it('nothing on sale is nothing sold', () => expect(sellThrough(sales())).toBe(0))

it('buyers are a share of the people who watched, paid orders of orders', () => {
  expect(funnelSteps(sales().funnel).map(({ share }) => share)).toEqual([null, null, 0.08, null, 0.6])
})

it('a step larger than the one before it has no share', () => {
  const steps = funnelSteps({ views: 2, unique_viewers: 2, buyers: 8, orders: 10, paid_orders: 6 })
  expect(steps.map(({ share }) => share)).toEqual([null, null, null, null, 0.6])
})
