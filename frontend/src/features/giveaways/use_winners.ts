/** Who has won in an event and where their prizes go, for those who send them. */

import { computed, shallowRef, watch } from 'vue'
import type { RoomStore } from '@/protocol/room_store'
import type { Giveaway, WinnerToServe } from '@/protocol/types'
import { listGiveaways, listWinners } from './api'

export interface DrawnGiveaway {
  readonly giveaway: Giveaway
  readonly winners: readonly WinnerToServe[]
}

/** Call it in a setup function. It asks again whenever the room tells of a draw. */
export function useWinners(eventId: string, room: Pick<RoomStore, 'giveaway'>) {
  /** Newest first; null before the first answer. */
  const drawn = shallowRef<readonly DrawnGiveaway[] | null>(null)
  const problem = shallowRef<unknown>(null)
  const isLoading = shallowRef(false)
  let loads = 0

  const winners = computed(() => (drawn.value ?? []).flatMap((each) => each.winners))
  const withoutAddress = computed(() => winners.value.filter(({ ship_to }) => ship_to === null).length)

  async function load(): Promise<void> {
    const load = ++loads
    isLoading.value = true
    problem.value = null
    try {
      const read = await readDrawn(eventId)
      if (load !== loads) return
      drawn.value = read
    } catch (error) {
      if (load === loads) problem.value = error
    } finally {
      if (load === loads) isLoading.value = false
    }
  }

  watch(
    () => (room.giveaway.value?.status === 'drawn' ? room.giveaway.value.giveaway_id : null),
    (id) => {
      if (id !== null && !drawn.value?.some(({ giveaway }) => giveaway.id === id)) void load()
    },
  )
  void load()

  return { drawn, problem, isLoading, count: computed(() => winners.value.length), withoutAddress, load }
}

/** All of them: an event has one giveaway at a time, so they are few. */
async function readDrawn(eventId: string): Promise<DrawnGiveaway[]> {
  const drawn: DrawnGiveaway[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listGiveaways>> = await listGiveaways(eventId, cursor)
    const over = page.items.filter(({ status }) => status === 'drawn')
    const lists = await Promise.all(over.map(({ id }) => listWinners(id)))
    drawn.push(...over.map((giveaway, n) => ({ giveaway, winners: lists[n]?.items ?? [] })))
    cursor = page.next
  } while (cursor !== null)
  return drawn
}
