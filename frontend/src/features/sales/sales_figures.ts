/** An operator's five figures out of the server's sales message. Pure. */

import type { EventSales, MinuteSales } from '@/protocol/types'

/** Units of the last minutes, the running one left out: it would always look like a slump. */
export function recent(minutes: readonly MinuteSales[], pick: (minute: MinuteSales) => number, length = 30): number[] {
  return minutes.slice(-length - 1, -1).map(pick)
}

export function ordersPerMinute(sales: EventSales): number {
  const full = sales.minutes.slice(0, -1)
  return full.at(-1)?.orders ?? sales.minutes.at(-1)?.orders ?? 0
}

/** Of the orders that are no longer open, the share that was paid; null while there are none. */
export function paidShare(sales: EventSales): number | null {
  const decided = sales.totals.orders - sales.totals.reserved_orders
  return decided > 0 ? sales.totals.paid_orders / decided : null
}

export function sellThrough(sales: EventSales): number {
  const allotment = sales.offers.reduce((sum, offer) => sum + offer.allotment, 0)
  return allotment > 0 ? sales.offers.reduce((sum, offer) => sum + offer.sold, 0) / allotment : 0
}

export interface FunnelStep {
  readonly key: 'views' | 'unique_viewers' | 'buyers' | 'orders' | 'paid_orders'
  readonly count: number
  /** Of what it is a part of; null where it is a part of nothing. */
  readonly share: number | null
}

export function funnelSteps(funnel: EventSales['funnel']): FunnelStep[] {
  // Whoever orders without coming to the room is no viewer, so a part may exceed its whole.
  const share = (part: number, whole: number): number | null => (whole > 0 && part <= whole ? part / whole : null)
  return [
    { key: 'views', count: funnel.views, share: null },
    // Views count each coming back, so people are no share of them.
    { key: 'unique_viewers', count: funnel.unique_viewers, share: null },
    { key: 'buyers', count: funnel.buyers, share: share(funnel.buyers, funnel.unique_viewers) },
    // One buyer may order twice, so orders are no share of buyers.
    { key: 'orders', count: funnel.orders, share: null },
    { key: 'paid_orders', count: funnel.paid_orders, share: share(funnel.paid_orders, funnel.orders) },
  ]
}
