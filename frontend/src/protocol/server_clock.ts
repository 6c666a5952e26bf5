/**
 * The server's clock, and the one 1 Hz beat behind every countdown.
 *
 * A phone's clock may be minutes off; a countdown must not be. Snapshots carry the server's time
 * in milliseconds, HTTP answers in seconds: the finer word wins and is kept for its page.
 */

import { onScopeDispose, readonly, shallowRef, type ShallowRef } from 'vue'

let offsetMs = 0
let precisionMs = Number.POSITIVE_INFINITY

/** Take the server's word for the time. Coarser words than the last are ignored. */
export function observeServerTime(serverMs: number, wordPrecisionMs: number): void {
  if (!Number.isFinite(serverMs) || wordPrecisionMs > precisionMs) return
  precisionMs = wordPrecisionMs
  // A time cut to seconds lies half a second back on average.
  offsetMs = serverMs + wordPrecisionMs / 2 - Date.now()
}

/** Milliseconds since the epoch, by the server's clock. */
export function serverNowMs(): number {
  return Date.now() + offsetMs
}

const now = shallowRef(Date.now())
let users = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** Beats on the server's whole seconds, so that countdowns change on all screens at once. */
function beat(): void {
  now.value = serverNowMs()
  const intoSecondMs = ((now.value % 1000) + 1000) % 1000
  timer = setTimeout(beat, 1000 - intoSecondMs)
}

/** The server's time, renewed once a second while anybody looks. Call it in a setup function. */
export function useServerNow(): Readonly<ShallowRef<number>> {
  users += 1
  if (timer === undefined) beat()
  onScopeDispose(() => {
    users -= 1
    if (users === 0) {
      clearTimeout(timer)
      timer = undefined
    }
  })
  return readonly(now)
}
