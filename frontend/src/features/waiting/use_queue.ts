/**
 * One's own place in the queue of a room.
 *
 * The page holds nothing that the server would believe: it asks, and shows. A place that was lost
 * with the server's memory is taken again by itself.
 */

import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { announce } from '@/design/announcer'
import { useText } from '@/design/use_text'
import { useProblemText } from '@/design/use_problem_text'
import type { RoomStore } from '@/protocol/room_store'
import { useServerNow } from '@/protocol/server_clock'
import type { QueueMessage, QueuePlace } from '@/protocol/types'
import { takePlace } from './api'
import { isLost, isStale, queueView } from './queue_view'

/** At an opening all who wait would ask in one instant; their numbers are fixed by then. */
const SPREAD_MS = 1_500
/** The server's processes look at a queue twice a second, so an answer may be as old as what we have. */
const AGAIN_MS = 1_000

export function useQueue(eventId: string, room: RoomStore, isSignedIn: Ref<boolean>) {
  const { t } = useText()
  const problemText = useProblemText()
  const nowMs = useServerNow()
  const mine = shallowRef<QueuePlace | null>(null)
  const isTaking = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const view = computed(() => queueView(room.queue.value, isSignedIn.value ? mine.value : null, nowMs.value))

  async function ask(): Promise<void> {
    if (isLost(room.queue.value, mine.value)) {
      mine.value = await takePlace(eventId)
      return
    }
    const answer = (await room.say({ type: 'queue', take: false })) as unknown as QueueMessage
    mine.value = answer.queue
  }

  /** Take a place, unless there is one. */
  async function take(): Promise<void> {
    isTaking.value = true
    try {
      // Not through the room, which is opened anew for who has just signed in.
      mine.value = await takePlace(eventId)
    } catch (error) {
      announce(problemText(error), 'alert')
    } finally {
      isTaking.value = false
    }
  }

  /** Whether one may order now; takes a place where that is needed. */
  async function isOnesTurn(): Promise<boolean> {
    const mayOrder = (): boolean => ['none', 'turn'].includes(view.value.kind)
    if (!mayOrder()) await take()
    return mayOrder()
  }

  const isOld = computed(
    () => isSignedIn.value && room.status.value === 'open' && isStale(room.queue.value, mine.value, nowMs.value),
  )
  watch(isOld, (old) => (old ? askSoon(0) : clearTimeout(timer)), { immediate: true })

  function askSoon(afterMs: number): void {
    clearTimeout(timer)
    timer = setTimeout(
      () =>
        void ask()
          .catch(() => undefined)
          .then(() => isOld.value && askSoon(AGAIN_MS)),
      afterMs + Math.random() * SPREAD_MS,
    )
  }

  watch(isSignedIn, () => (mine.value = null))
  watch(
    () => view.value.kind,
    (kind) => {
      if (kind === 'turn') announce(t('waiting.your_turn'))
    },
  )
  onScopeDispose(() => clearTimeout(timer))

  return { view, isTaking, take, isOnesTurn }
}
