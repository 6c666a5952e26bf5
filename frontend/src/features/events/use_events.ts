/** All events that a page lists, page by page. */

import { ref, shallowRef } from 'vue'
import type { EventWithOffers } from '@/protocol/types'
import { listEvents } from './api'

/** Pages asked for in a row: more than this nobody scrolls through. */
const PAGES_MAX = 8

export function useEvents() {
  const events = shallowRef<readonly EventWithOffers[] | null>(null)
  const problem = shallowRef<unknown>(null)
  const isLoading = ref(false)

  async function load(): Promise<void> {
    isLoading.value = true
    problem.value = null
    try {
      const found: EventWithOffers[] = []
      let cursor: string | null = null
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const answer = await listEvents(cursor)
        found.push(...answer.items)
        cursor = answer.next
        if (cursor === null) break
      }
      events.value = found
    } catch (error) {
      problem.value = error
    } finally {
      isLoading.value = false
    }
  }

  return { events, problem, isLoading, load }
}
