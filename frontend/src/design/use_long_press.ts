/** A press that lasts half a second without moving: what phones open menus with. */

import { onScopeDispose } from 'vue'

const PRESS_MS = 500
const MOVED_PX = 10

export function useLongPress<T>(onPress: (subject: T) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let start = { x: 0, y: 0 }

  function cancel(): void {
    clearTimeout(timer)
    timer = undefined
  }

  function begin(event: PointerEvent, subject: T): void {
    cancel()
    if (event.button !== 0) return
    start = { x: event.clientX, y: event.clientY }
    timer = setTimeout(() => onPress(subject), PRESS_MS)
  }

  /** A finger that scrolls is no press. */
  function move(event: PointerEvent): void {
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > MOVED_PX) cancel()
  }

  onScopeDispose(cancel)
  return { begin, move, cancel }
}
