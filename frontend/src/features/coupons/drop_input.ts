/** A coupon drop as a host types it. Pure. */

import { fenOf } from '@/design/fen_input'
import type { CouponDropCreate } from '@/protocol/types'

const SECONDS_PER_MINUTE = 60
const SECONDS_PER_HOUR = 3_600

/** The sums in yuan, the times as whole numbers. */
export interface DropTyped {
  readonly title: string
  readonly off: string
  readonly minSpend: string
  readonly quantity: string
  readonly minutes: string
  readonly hours: string
}

export type Fault = 'title' | 'off' | 'min_spend' | 'quantity'

export interface DropRead {
  /** null where something is wrong. */
  readonly terms: CouponDropCreate | null
  /** What is wrong, by the server's name of the field. */
  readonly bad: Partial<Record<keyof CouponDropCreate, Fault>>
}

export function readDrop(typed: DropTyped): DropRead {
  const terms: CouponDropCreate = {
    title: typed.title.trim(),
    off_fen: fenOf(typed.off) ?? 0,
    min_spend_fen: fenOf(typed.minSpend) ?? 0,
    quantity: /^\d{1,6}$/.test(typed.quantity.trim()) ? Number(typed.quantity) : 0,
    claim_seconds: Number(typed.minutes) * SECONDS_PER_MINUTE,
    use_seconds: Number(typed.hours) * SECONDS_PER_HOUR,
  }
  const bad: DropRead['bad'] = {
    ...(terms.title === '' && { title: 'title' }),
    ...(terms.off_fen === 0 && { off_fen: 'off' }),
    // More than it takes off, so that something is left to pay.
    ...(terms.min_spend_fen <= terms.off_fen && { min_spend_fen: 'min_spend' }),
    ...(terms.quantity === 0 && { quantity: 'quantity' }),
  }
  return { terms: Object.keys(bad).length === 0 ? terms : null, bad }
}
