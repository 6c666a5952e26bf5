/** The giveaway of a room, and one's own part in it. */

import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { announce } from '@/design/announcer'
import { useProblemText } from '@/design/use_problem_text'
import { useText } from '@/design/use_text'
import { asProblem } from '@/protocol/problem'
import type { RoomStore } from '@/protocol/room_store'
import { useServerNow } from '@/protocol/server_clock'
import type { GiveawayEntry } from '@/protocol/types'
import { enterGiveaway, readOwnEntry } from './api'
import { giveawayView, newestEntries } from './giveaway_view'

/** Call it in a setup function. */
export function useGiveaway(room: RoomStore, isSignedIn: Ref<boolean>) {
  const { t } = useText()
  const problemText = useProblemText()
  const nowMs = useServerNow()
  const mine = shallowRef<GiveawayEntry | null>(null)
  const isEntering = ref(false)
  const isOpen = ref(false)

  const shown = room.giveaway
  const view = computed(() => giveawayView(shown.value, isSignedIn.value ? mine.value : null, nowMs.value))

  /** Who has just entered, in words; '' where nobody has lately. */
  const justEntered = computed(() => {
    const line = isOpen.value ? newestEntries(room.feed.value, shown.value?.giveaway_id) : null
    if (line === null || line.names.length === 0) return ''
    return t('giveaways.just_entered', { names: line.names.join(t('giveaways.names_between')), n: line.count }, line.count)
  })

  async function enter(): Promise<void> {
    const giveaway = shown.value
    if (giveaway === null || isEntering.value) return
    isEntering.value = true
    try {
      mine.value = await enterGiveaway(giveaway.giveaway_id)
      announce(t('giveaways.entered'))
    } catch (error) {
      announce(problemText(error), 'alert')
    } finally {
      isEntering.value = false
    }
  }

  /** Learn of one's own entry where this page does not know: it was reloaded, or is another device's. */
  async function recall(): Promise<void> {
    const giveaway = shown.value
    if (giveaway === null || !isSignedIn.value || mine.value?.giveaway_id === giveaway.giveaway_id) return
    try {
      mine.value = await readOwnEntry(giveaway.giveaway_id)
    } catch (error) {
      if (asProblem(error).status !== 404) announce(problemText(error), 'alert')
    }
  }

  watch(isOpen, (opened) => opened && void recall())
  watch(isSignedIn, (signedIn) => {
    mine.value = null
    if (signedIn && isOpen.value) void recall()
  })
  // Whoever wins is told, on whichever device they watch.
  room.onNotice((notice) => {
    if (notice?.kind === 'giveaway') void recall()
  })
  watch(
    () => view.value.kind === 'drawn' && view.value.place !== null,
    (hasWon) => {
      if (!hasWon) return
      announce(t('giveaways.you_won'))
      isOpen.value = true
    },
  )

  return { shown, view, justEntered, isEntering, isOpen, enter }
}
