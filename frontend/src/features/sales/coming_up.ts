/** What opens later, and how soon. Pure; times are by the server's clock. */

import type { Offer } from '@/protocol/types'

/** An offer that opens sooner is held up even while another sells, where the host holds up none. */
export const OPENS_SHORTLY_MS = 10 * 60_000
/** Beyond that people are told the hour instead of a countdown. */
export const COUNTED_DOWN_MS = 3_600_000

export type OpeningWords =
  /** With the show, or whenever the host says so. */
  | { readonly key: 'with_show' | 'soon' }
  /** The time has come, and the server's word is on its way. */
  | { readonly key: 'any_moment' }
  | { readonly key: 'opens_in'; readonly ms: number }
  | { readonly key: 'opens_at'; readonly at: string }

/** Milliseconds until an offer opens, 0 when it should have; null where nobody knows, or it has. */
export function opensInMs(offer: Offer, nowMs: number): number | null {
  if (offer.status !== 'scheduled' || offer.opens_at === null) return null
  return Math.max(0, Date.parse(offer.opens_at) - nowMs)
}

/**
 * Offers with an hour of their own that have not opened yet, the next one first.
 *
 * @param isLive Before the show one whose hour has passed is not among them: it opens with the show.
 */
export function comingUp(offers: readonly Offer[], nowMs: number, isLive: boolean): Offer[] {
  const waits = (offer: Offer): number => opensInMs(offer, nowMs) ?? Number.POSITIVE_INFINITY
  return offers
    .filter((offer) => Number.isFinite(waits(offer)) && (isLive || waits(offer) > 0))
    .sort((a, b) => waits(a) - waits(b))
}

export function openingWords(offer: Offer, nowMs: number, isLive: boolean): OpeningWords {
  const waitMs = opensInMs(offer, nowMs)
  if (waitMs === null) return { key: isLive ? 'soon' : 'with_show' }
  if (waitMs === 0) return { key: isLive ? 'any_moment' : 'with_show' }
  return waitMs < COUNTED_DOWN_MS ? { key: 'opens_in', ms: waitMs } : { key: 'opens_at', at: offer.opens_at! }
}

/** When a countdown of so many seconds ends, on a whole second of the server's, as RFC 3339. */
export function openingAfter(seconds: number, nowMs: number): string {
  return new Date(Math.ceil(nowMs / 1000 + seconds) * 1000).toISOString()
}
