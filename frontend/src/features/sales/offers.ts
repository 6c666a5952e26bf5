/** What an offer's state means to a buyer. Pure. */

import type { Event, Offer } from '@/protocol/types'
import { comingUp, OPENS_SHORTLY_MS, opensInMs } from './coming_up'

export type StockWords =
  | { readonly key: 'left'; readonly count: number }
  /** All are taken, but some are not paid for and may come back. */
  | { readonly key: 'held'; readonly count: number }
  | { readonly key: 'sold_out' | 'closed' | 'draft' | 'scheduled' }

export function stockWords(offer: Offer): StockWords {
  if (offer.status === 'draft' || offer.status === 'closed') return { key: offer.status }
  if (offer.available > 0) {
    return offer.status === 'scheduled' ? { key: 'scheduled' } : { key: 'left', count: offer.available }
  }
  return offer.reserved > 0 ? { key: 'held', count: offer.reserved } : { key: 'sold_out' }
}

export function isBuyable(offer: Offer): boolean {
  return offer.status === 'open' && offer.available > 0
}

/** Units that one buyer may take now. */
export function unitsMax(offer: Offer): number {
  return Math.max(1, Math.min(offer.per_buyer_limit, offer.available))
}

/** What viewers see of the list: drafts are the host's own. */
export function shownOffers(offers: readonly Offer[]): Offer[] {
  return offers.filter((offer) => offer.status !== 'draft')
}

/**
 * The room's offers, and behind them the drafts: rooms know none, since viewers may not see them,
 * but HTTP shows them to the event's host and to operators.
 */
export function withDrafts(inRoom: readonly Offer[], read: readonly Offer[]): readonly Offer[] {
  const known = new Set(inRoom.map(({ id }) => id))
  return [...inRoom, ...read.filter((offer) => offer.status === 'draft' && !known.has(offer.id))]
}

/**
 * The offer to hold up: the pinned one, or else what opens in a few minutes, or else what can be
 * bought, or else what comes first.
 */
export function featuredOffer(event: Event, offers: readonly Offer[], nowMs: number): Offer | null {
  const shown = shownOffers(offers)
  const coming = comingUp(shown, nowMs, event.status === 'live')[0]
  const opensShortly = coming !== undefined && (opensInMs(coming, nowMs) ?? Infinity) <= OPENS_SHORTLY_MS
  return (
    shown.find((offer) => offer.id === event.pinned_offer_id) ??
    (opensShortly ? coming : undefined) ??
    shown.find(isBuyable) ??
    soonest(shown) ??
    shown.at(-1) ??
    null
  )
}

/** What to offer to somebody who came too late for this one. */
export function nextOffer(offer: Offer, offers: readonly Offer[]): Offer | null {
  const others = shownOffers(offers).filter((other) => other.id !== offer.id)
  return others.find(isBuyable) ?? soonest(others) ?? null
}

function soonest(offers: readonly Offer[]): Offer | undefined {
  return offers
    .filter((offer) => offer.status === 'scheduled')
    .sort((a, b) => Date.parse(a.opens_at ?? '9999-12-31') - Date.parse(b.opens_at ?? '9999-12-31'))[0]
}
