/** The chat of a room together with what one may do in it. */

import { computed, type Ref } from 'vue'
import { useText } from '@/design/use_text'
import { useStanding } from '@/features/moderation/use_standing'
import { useChat } from '@/features/room/use_chat'
import type { RoomStore } from '@/protocol/room_store'

export type Talk = ReturnType<typeof useTalk>

/** Call it in a setup function. */
export function useTalk(eventId: string, room: RoomStore, isSignedIn: Ref<boolean>) {
  const { t, clockTime } = useText()
  const standing = useStanding(eventId, room, isSignedIn)
  const intervalSeconds = (): number => (standing.canModerate.value ? 0 : (room.chat.value?.interval_seconds ?? 0))
  const chat = useChat(room, intervalSeconds, () => void standing.load())

  const silence = computed(() => {
    const voice = standing.voice.value
    if (voice.kind === 'banned') return t('moderation.silent_banned')
    if (voice.kind === 'free') return ''
    return voice.untilMs === null
      ? t('moderation.silent_to_end')
      : t('moderation.silent_until', { time: clockTime(voice.untilMs) })
  })
  const wait = computed(() => {
    const n = chat.waitSeconds.value
    return n > 0 ? t('moderation.wait_seconds', { n }) : ''
  })

  return { eventId, standing, silence, wait, ...chat }
}
