/** What this person is reminded of: one list for the whole page. */

import { readonly, shallowRef } from 'vue'
import type { Reminder } from '@/protocol/types'
import { askReminder, dropReminder, listReminders } from './api'

const PUT_AWAY_KEY = 'live.reminders.seen'
const PUT_AWAY_MAX = 100

/** null: not known, or nobody is signed in. */
const reminders = shallowRef<readonly Reminder[] | null>(null)
const putAway = shallowRef<readonly string[]>(rememberedIds())

async function load(): Promise<void> {
  reminders.value = (await listReminders()).items
}

function forget(): void {
  reminders.value = null
}

async function ask(eventId: string): Promise<void> {
  const asked = await askReminder(eventId)
  reminders.value = [asked, ...without(eventId)]
}

async function drop(eventId: string): Promise<void> {
  await dropReminder(eventId)
  reminders.value = without(eventId)
}

/** Shown once, and not again on this device. */
function dismiss(eventId: string): void {
  putAway.value = [eventId, ...putAway.value].slice(0, PUT_AWAY_MAX)
  try {
    localStorage.setItem(PUT_AWAY_KEY, JSON.stringify(putAway.value))
  } catch {
    // Switched off: it lasts as long as this page.
  }
}

export function useReminders() {
  return {
    reminders: readonly(reminders),
    has: (eventId: string): boolean => reminders.value?.some(({ event_id }) => event_id === eventId) ?? false,
    isDismissed: (eventId: string): boolean => putAway.value.includes(eventId),
    load,
    forget,
    ask,
    drop,
    dismiss,
  }
}

function without(eventId: string): Reminder[] {
  return (reminders.value ?? []).filter(({ event_id }) => event_id !== eventId)
}

function rememberedIds(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(PUT_AWAY_KEY) ?? '[]')
    return Array.isArray(found) ? found.filter((id) => typeof id === 'string') : []
  } catch {
    return []
  }
}
