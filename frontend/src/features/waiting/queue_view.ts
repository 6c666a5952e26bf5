/** Where somebody stands in the queue, as the page shows it. Pure. */

import type { QueuePlace, QueueShown } from '@/protocol/types'

export type QueueView =
  /** This event has no waiting room. */
  | { readonly kind: 'none' }
  /** Without a place; `others` wait. Before the opening people gather for a draw. */
  | { readonly kind: 'outside'; readonly others: number; readonly isGathering: boolean }
  | { readonly kind: 'gathering'; readonly people: number }
  | { readonly kind: 'waiting'; readonly position: number; readonly minutes: number }
  | { readonly kind: 'turn'; readonly leftMs: number }
  /** The turn has passed. */
  | { readonly kind: 'over' }

/**
 * Numbers never change and the pointer is in every tick: a position is a subtraction.
 *
 * @param mine as the server last told it; null for nobody.
 */
export function queueView(shown: QueueShown | null, mine: QueuePlace | null, nowMs: number): QueueView {
  if (shown === null) return { kind: 'none' }
  const isGathering = shown.status === 'gathering'
  if (mine === null || mine.standing === 'none' || mine.standing === 'full' || mine.epoch !== shown.epoch) {
    return { kind: 'outside', others: shown.waiting, isGathering }
  }
  if (mine.standing === 'over') return { kind: 'over' }
  if (mine.until !== null) {
    const leftMs = Date.parse(mine.until) - nowMs
    return leftMs > 0 ? { kind: 'turn', leftMs } : { kind: 'over' }
  }
  if (mine.number === null) return { kind: 'gathering', people: shown.waiting }
  const position = Math.max(1, mine.number - shown.admitted)
  return { kind: 'waiting', position, minutes: Math.max(1, Math.ceil(position / Math.max(1, shown.per_minute))) }
}

/** Whether what is known of the place is out of date, so that the server is to be asked. */
export function isStale(shown: QueueShown | null, mine: QueuePlace | null, nowMs: number): boolean {
  if (shown === null || shown.epoch === '') return false
  if (mine === null || mine.epoch !== shown.epoch) return true
  if (mine.standing === 'gathering') return shown.status === 'open'
  if (mine.standing === 'waiting') return mine.number !== null && shown.admitted >= mine.number
  return mine.standing === 'admitted' && mine.until !== null && Date.parse(mine.until) <= nowMs
}

/** Whether a place was lost together with its queue, and is to be taken again. */
export function isLost(shown: QueueShown | null, mine: QueuePlace | null): boolean {
  const hadPlace = mine !== null && ['gathering', 'waiting', 'admitted'].includes(mine.standing)
  return hadPlace && shown !== null && shown.epoch !== '' && mine.epoch !== shown.epoch
}
