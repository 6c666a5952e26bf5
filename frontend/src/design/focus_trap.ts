/** Keeps the keyboard inside an open sheet, and gives focus back to where it came from. */

import { nextTick, onScopeDispose, watch, type Ref } from 'vue'

const FOCUSABLE =
  'a[href],button:not([disabled]),input:not([disabled]),select:not([disabled]),textarea:not([disabled]),[tabindex]:not([tabindex="-1"])'

export function useFocusTrap(root: Ref<HTMLElement | null>, isOpen: Ref<boolean>, close: () => void): void {
  let cameFrom: Element | null = null

  function reachable(): HTMLElement[] {
    return [...(root.value?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter(
      (element) => element.offsetParent !== null,
    )
  }

  function onKey(event: KeyboardEvent): void {
    // Of sheets laid over each other only the topmost answers.
    if (event.defaultPrevented || !root.value?.contains(document.activeElement)) return
    if (event.key === 'Escape') {
      event.preventDefault()
      close()
      return
    }
    if (event.key !== 'Tab') return
    const stops = reachable()
    const [first, last] = [stops[0], stops.at(-1)]
    const leaves = event.shiftKey ? [first, root.value] : [last]
    if (leaves.includes(document.activeElement as HTMLElement)) {
      event.preventDefault()
      const next = event.shiftKey ? last : first
      next?.focus()
    }
  }

  async function enter(): Promise<void> {
    cameFrom = document.activeElement
    document.addEventListener('keydown', onKey)
    await nextTick()
    // The sheet itself, not its first field: on a phone a focused field opens the keyboard.
    root.value?.focus({ preventScroll: true })
  }

  function leave(): void {
    document.removeEventListener('keydown', onKey)
    if (cameFrom instanceof HTMLElement && cameFrom.isConnected) cameFrom.focus({ preventScroll: true })
    cameFrom = null
  }

  watch(isOpen, (open) => (open ? void enter() : leave()), { immediate: isOpen.value, flush: 'post' })
  onScopeDispose(() => {
    if (isOpen.value) leave()
  })
}
