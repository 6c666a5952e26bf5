/** What may be claimed of an order, as the server will say it. Pure. */

import type { Order } from '@/protocol/types'

/** How much is bad: boxes, or percent of all the fruit. */
export type Harm = { units: number } | { share_percent: number }

/** Of what the order cost, so much has not been given back for claims. */
export function leftFen(order: Order): number {
  return (order.claims ?? []).reduce((left, claim) => left - (claim.approved_fen ?? 0), order.amount_fen)
}

export function isClaimable(order: Order, nowMs: number): boolean {
  return (
    order.status === 'delivered' &&
    Date.parse(order.claim_by ?? '') >= nowMs &&
    leftFen(order) > 0 &&
    !(order.claims ?? []).some((claim) => claim.status === 'open')
  )
}

/** The bad share of the sum, rounded up for the buyer; at most what is left. */
export function estimateFen(order: Order, harm: Harm): number {
  const [bad, of] = 'units' in harm ? [harm.units, order.units] : [harm.share_percent, 100]
  return Math.min(Math.ceil((order.amount_fen * bad) / of), leftFen(order))
}
