/** Which coupon an order uses. Pure. */

import type { Coupon } from '@/protocol/types'

/** What a buyer has said: nothing yet, without any, or the id of one. */
export type Wish = { readonly kind: 'best' } | { readonly kind: 'none' } | { readonly kind: 'this'; readonly id: string }

export const BEST: Wish = { kind: 'best' }

/** What it is by now: its time may have passed since the server was asked. */
export function statusNow(coupon: Coupon, nowMs: number): Coupon['status'] {
  return coupon.status === 'usable' && Date.parse(coupon.use_until) <= nowMs ? 'expired' : coupon.status
}

export const isUsable = (coupon: Coupon, nowMs: number): boolean => statusNow(coupon, nowMs) === 'usable'

/** What is missing to the least that an order must come to, in fen; 0 where nothing is. */
export function missingFen(coupon: Coupon, goodsFen: number): number {
  return Math.max(0, coupon.min_spend_fen - goodsFen)
}

/**
 * Those that can be used now, the best first: what an order of this size may use, by how much it
 * takes off; then what asks for more, by how little is missing. Among equals, what ends first.
 *
 * @param goodsFen units × price, without shipping.
 */
export function byWorth(coupons: readonly Coupon[], goodsFen: number, nowMs: number): Coupon[] {
  const lacks = (coupon: Coupon): number => missingFen(coupon, goodsFen)
  return coupons
    .filter((coupon) => isUsable(coupon, nowMs))
    .sort(
      (a, b) =>
        lacks(a) - lacks(b) || b.off_fen - a.off_fen || Date.parse(a.use_until) - Date.parse(b.use_until),
    )
}

/**
 * The coupon of the order, or null. A wish for one that cannot be used (any more) counts for
 * nothing: the best takes its place.
 *
 * @param ranked of `byWorth`.
 */
export function chosenCoupon(ranked: readonly Coupon[], wish: Wish, goodsFen: number): Coupon | null {
  if (wish.kind === 'none') return null
  const fitting = ranked.filter((coupon) => missingFen(coupon, goodsFen) === 0)
  const wished = wish.kind === 'this' ? fitting.find(({ id }) => id === wish.id) : undefined
  return wished ?? fitting[0] ?? null
}
