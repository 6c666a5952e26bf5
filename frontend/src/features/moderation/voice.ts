/** Whether one may speak now, and why not. Pure. */

import type { ChatStanding } from '@/protocol/types'

export type Voice =
  | { readonly kind: 'free' }
  | { readonly kind: 'banned' }
  /** `untilMs`: null to the end. */
  | { readonly kind: 'muted'; readonly untilMs: number | null }

export const FREE: Voice = { kind: 'free' }

/** @param standing null where nobody is signed in, or the server has not said. */
export function voiceOf(standing: ChatStanding | null, nowMs: number): Voice {
  const found = standing?.silence ?? null
  if (found === null) return FREE
  if (found.kind === 'ban') return { kind: 'banned' }
  const untilMs = found.until === null ? null : Date.parse(found.until)
  return untilMs !== null && untilMs <= nowMs ? FREE : { kind: 'muted', untilMs }
}

/** Whether this person may use the message menu. */
export const isModerator = (standing: ChatStanding | null): boolean =>
  standing !== null && standing.part !== 'speaker'

/** Whether they may also name assistants, undo bans and read the trail. */
export const isInCharge = (standing: ChatStanding | null): boolean =>
  standing?.part === 'host' || standing?.part === 'operator'
