/** What a coupon drop is for somebody just now. Pure. */

import type { Coupon, CouponDropShown } from '@/protocol/types'
import { isUsable } from './coupon_choice'

/** How long it stays on the screen of whoever holds no coupon of it, once nobody can claim. */
export const OVER_SHOWN_MS = 60_000

export type DropView =
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly leftMs: number; readonly left: number }
  /** One's own, which an order may use. */
  | { readonly kind: 'held'; readonly coupon: Coupon }
  /** One's own, used or too old. */
  | { readonly kind: 'spent'; readonly coupon: Coupon }
  /** All claimed. */
  | { readonly kind: 'gone' }
  /** By its host, its time or the end of its event. */
  | { readonly kind: 'ended' }

/** @param coupons this person's own; those of other drops are passed over. */
export function dropView(shown: CouponDropShown | null, coupons: readonly Coupon[], nowMs: number): DropView {
  if (shown === null) return { kind: 'none' }
  const coupon = coupons.find(({ drop_id }) => drop_id === shown.drop_id)
  if (coupon !== undefined) return { kind: isUsable(coupon, nowMs) ? 'held' : 'spent', coupon }
  return standing(shown, nowMs)
}

/** What it is for its host, and for everybody who holds none of its coupons. */
export function standing(shown: CouponDropShown, nowMs: number): Extract<DropView, { kind: 'open' | 'gone' | 'ended' }> {
  const left = shown.quantity - shown.claimed
  if (shown.status === 'gone' || (shown.status === 'open' && left <= 0)) return { kind: 'gone' }
  const leftMs = Date.parse(shown.claim_until) - nowMs
  return shown.status === 'open' && leftMs > 0 ? { kind: 'open', leftMs, left } : { kind: 'ended' }
}

/** @param overMs how long nobody can claim any more, as far as this page knows. */
export function isOnScreen(view: DropView, overMs: number): boolean {
  if (view.kind === 'gone' || view.kind === 'ended') return overMs < OVER_SHOWN_MS
  return view.kind === 'open' || view.kind === 'held'
}
