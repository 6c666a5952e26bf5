/** What the entries of a feed say. Bodies are a feature's own and may grow: read with care. */

import { GAP_KIND } from './room_state'
import type { FeedEntry } from './types'

export type FeedLine = { readonly id: string; readonly at: string } & (
  | { readonly kind: 'chat'; readonly name: string; readonly text: string; readonly role: string }
  | { readonly kind: 'orders'; readonly names: readonly string[]; readonly count: number; readonly offerId: string }
  | { readonly kind: 'pin'; readonly offerId: string }
  | {
      readonly kind: 'giveaway'
      readonly what: 'opened' | 'entries' | 'drawn' | 'cancelled'
      readonly title: string
      readonly names: readonly string[]
      readonly count: number
      readonly reason: string
    }
  | {
      readonly kind: 'coupons'
      readonly what: 'opened' | 'gone'
      readonly title: string
      readonly offFen: number
      readonly minSpendFen: number
      readonly quantity: number
    }
  | { readonly kind: 'notice'; readonly code: string; readonly text: string; readonly offerId: string }
  | { readonly kind: 'gap' }
)

export type ChatLine = Extract<FeedLine, { kind: 'chat' }>

/** One line for a person, or null for a kind that these pages do not know. */
export function feedLine(entry: FeedEntry): FeedLine | null {
  const head = { id: entry.id, at: entry.at }
  switch (entry.kind) {
    case 'chat':
      return { ...head, kind: 'chat', name: word(entry.name), text: word(entry.text), role: word(entry.role) }
    case 'orders':
      return { ...head, kind: 'orders', ...buyers(entry), offerId: word(entry.offer_id) }
    case 'pin':
      return { ...head, kind: 'pin', offerId: word(entry.offer_id) }
    case 'giveaway_opened':
      return { ...head, ...giveaway(entry, 'opened') }
    case 'giveaway_entries':
      return { ...head, ...giveaway(entry, 'entries') }
    case 'giveaway_drawn':
      return { ...head, ...giveaway(entry, 'drawn') }
    case 'giveaway_cancelled':
      return { ...head, ...giveaway(entry, 'cancelled') }
    case 'coupon_drop_opened':
      return { ...head, ...coupons(entry, 'opened') }
    case 'coupons_gone':
      return { ...head, ...coupons(entry, 'gone') }
    case 'notice':
      return {
        ...head,
        kind: 'notice',
        code: word(entry.code),
        text: word(entry.text),
        offerId: word(entry.offer_id),
      }
    case GAP_KIND:
      return { ...head, kind: 'gap' }
    default:
      return null
  }
}

type GiveawayLine = Extract<FeedLine, { kind: 'giveaway' }>

function giveaway(entry: FeedEntry, what: GiveawayLine['what']): Omit<GiveawayLine, 'id' | 'at'> {
  return { kind: 'giveaway', what, ...buyers(entry), title: word(entry.title), reason: word(entry.reason) }
}

type CouponsLine = Extract<FeedLine, { kind: 'coupons' }>

function coupons(entry: FeedEntry, what: CouponsLine['what']): Omit<CouponsLine, 'id' | 'at'> {
  return {
    kind: 'coupons',
    what,
    title: word(entry.title),
    offFen: number(entry.off_fen),
    minSpendFen: number(entry.min_spend_fen),
    quantity: number(entry.quantity),
  }
}

function buyers(entry: FeedEntry): { names: string[]; count: number } {
  const list: unknown[] = Array.isArray(entry.names)
    ? entry.names
    : Array.isArray(entry.buyers)
      ? entry.buyers
      : []
  const names = list
    .map((item) => (typeof item === 'object' && item !== null && 'name' in item ? item.name : item))
    .filter((name) => typeof name === 'string')
  return { names, count: typeof entry.count === 'number' ? entry.count : names.length }
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
