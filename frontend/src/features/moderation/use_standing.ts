/** What one may do in a room's chat oneself: asked at the start, and whenever the room hints at news. */

import { computed, shallowReadonly, shallowRef, watch, type Ref } from 'vue'
import type { RoomStore } from '@/protocol/room_store'
import { useServerNow } from '@/protocol/server_clock'
import type { ChatStanding } from '@/protocol/types'
import { readStanding } from './api'
import { isInCharge, isModerator, voiceOf } from './voice'

export type Standing = ReturnType<typeof useStanding>

/** Call it in a setup function. */
export function useStanding(eventId: string, room: RoomStore, isSignedIn: Ref<boolean>) {
  const nowMs = useServerNow()
  const standing = shallowRef<ChatStanding | null>(null)

  /** Ask again. Without an answer what was known stays; the server decides in any case. */
  async function load(): Promise<void> {
    if (!isSignedIn.value) return
    standing.value = await readStanding(eventId).catch(() => standing.value)
  }

  watch(
    isSignedIn,
    () => {
      standing.value = null
      void load()
    },
    { immediate: true },
  )
  // null: we were away, and may have missed one.
  room.onNotice((notice) => {
    if (notice === null || notice.kind === 'chat') void load()
  })

  // Another moderator has set another interval.
  watch(room.chat, () => {
    if (isModerator(standing.value)) void load()
  })

  return {
    standing: shallowReadonly(standing),
    voice: computed(() => voiceOf(standing.value, nowMs.value)),
    canModerate: computed(() => isModerator(standing.value)),
    isInCharge: computed(() => isInCharge(standing.value)),
    load,
  }
}
