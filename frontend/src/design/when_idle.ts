/** Work for when a page has drawn itself and has nothing better to do. */

/** On a busy phone it is not put off for longer. */
const PATIENCE_MS = 2_000
/** Safari has no idle callback. */
const GUESS_MS = 300

export function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(work, { timeout: PATIENCE_MS })
  else setTimeout(work, GUESS_MS)
}
