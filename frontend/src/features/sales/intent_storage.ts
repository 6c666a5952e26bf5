/** Orders under way, kept in this browser until their outcome is known. */

import type { Intent } from './place_order'

const KEY = 'live.order_intents'
/** An order a day old is paid or expired; whoever wants to know looks into "my orders". */
const KEPT_MS = 24 * 3_600_000
const INTENTS_MAX = 20

export function savedIntents(nowMs = Date.now()): Intent[] {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(saved) ? saved.filter((item) => isIntent(item) && nowMs - item.startedMs < KEPT_MS) : []
  } catch {
    return [] // storage is switched off, or somebody wrote nonsense into it
  }
}

export function saveIntent(intent: Intent): void {
  write([...savedIntents().filter((saved) => saved.key !== intent.key), intent].slice(-INTENTS_MAX))
}

export function forgetIntent(intent: Intent): void {
  write(savedIntents().filter((saved) => saved.key !== intent.key))
}

function write(intents: Intent[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(intents))
  } catch {
    // Full or switched off: the key still lives as long as this page.
  }
}

function isIntent(item: unknown): item is Intent {
  return typeof item === 'object' && item !== null && 'key' in item && 'offerId' in item && 'startedMs' in item
}
