/** What a giveaway is for somebody just now. Pure. */

import { feedLine, type FeedLine } from '@/protocol/feed'
import type { FeedEntry, GiveawayEntry, GiveawayShown } from '@/protocol/types'

/** How long a result stays on everybody's screen. */
export const RESULT_SHOWN_MS = 10 * 60_000

export type GiveawayView =
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly leftMs: number; readonly hasEntered: boolean }
  /** Nobody enters any more; the entries are published, or about to be. */
  | { readonly kind: 'drawing'; readonly hasEntered: boolean }
  /** `place` from 1 for who has won. */
  | { readonly kind: 'drawn'; readonly place: number | null; readonly hasEntered: boolean; readonly isRecent: boolean }
  | { readonly kind: 'cancelled' }

/** @param mine this person's entry; null where there is none, or none is known. */
export function giveawayView(shown: GiveawayShown | null, mine: GiveawayEntry | null, nowMs: number): GiveawayView {
  if (shown === null) return { kind: 'none' }
  const entry = mine?.giveaway_id === shown.giveaway_id ? mine : null
  const hasEntered = entry !== null
  switch (shown.status) {
    case 'open': {
      const leftMs = Date.parse(shown.closes_at) - nowMs
      return leftMs > 0 ? { kind: 'open', leftMs, hasEntered } : { kind: 'drawing', hasEntered }
    }
    case 'drawn': {
      const won = shown.winners.find((winner) => winner.entry_id === entry?.id)
      const isRecent = nowMs - Date.parse(shown.drawn_at ?? '') < RESULT_SHOWN_MS
      return { kind: 'drawn', place: won?.place ?? null, hasEntered, isRecent }
    }
    case 'cancelled':
      return { kind: 'cancelled' }
    default:
      return { kind: 'drawing', hasEntered }
  }
}

/** What the feed said last of who entered this giveaway. */
export function newestEntries(
  feed: readonly FeedEntry[],
  giveawayId: string | undefined,
): Extract<FeedLine, { kind: 'giveaway' }> | null {
  const entry = feed.findLast(({ kind, giveaway_id }) => kind === 'giveaway_entries' && giveaway_id === giveawayId)
  const line = entry === undefined ? null : feedLine(entry)
  return line?.kind === 'giveaway' ? line : null
}

/** Whether it stands on everybody's screen. */
export const isOnScreen = (view: GiveawayView): boolean =>
  view.kind === 'open' || view.kind === 'drawing' || (view.kind === 'drawn' && view.isRecent)
