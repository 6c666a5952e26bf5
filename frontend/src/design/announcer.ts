/** The one place from which passing messages are shown and read out. App.vue draws it. */

import { readonly, shallowRef } from 'vue'

export interface Announcement {
  readonly id: number
  readonly text: string
  /** `alert` interrupts: for failures and what is about to run out, and nothing else. */
  readonly urgency: 'status' | 'alert'
}

const SHOWN_MS = 3_500

const shown = shallowRef<Announcement | null>(null)
let nextId = 1
let timer: ReturnType<typeof setTimeout> | undefined

export const announcement = readonly(shown)

export function announce(text: string, urgency: Announcement['urgency'] = 'status'): void {
  shown.value = { id: nextId++, text, urgency }
  clearTimeout(timer)
  timer = setTimeout(() => (shown.value = null), urgency === 'alert' ? SHOWN_MS * 2 : SHOWN_MS)
}
