/** Talking and liking in a room, within what the server takes. */

import { onScopeDispose, ref } from 'vue'
import { announce } from '@/design/announcer'
import { useProblemText } from '@/design/use_problem_text'
import type { RoomStore } from '@/protocol/room_store'

export const CHAT_CHARS_MAX = 200
const LIKES_PER_MESSAGE_MAX = 50
const LIKES_SENT_EVERY_MS = 1_000

export function useChat(room: RoomStore) {
  const problemText = useProblemText()
  const isSending = ref(false)
  /** Own likes that the server has not counted yet. */
  const likesWaiting = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Whether it was said; otherwise the reader has been told why, and keeps the text. */
  async function speak(text: string): Promise<boolean> {
    isSending.value = true
    try {
      await room.say({ type: 'chat', text })
      return true
    } catch (error) {
      announce(problemText(error), 'alert')
      return false
    } finally {
      isSending.value = false
    }
  }

  function like(): void {
    likesWaiting.value += 1
    timer ??= setTimeout(sendLikes, LIKES_SENT_EVERY_MS)
  }

  function sendLikes(): void {
    timer = undefined
    const count = Math.min(likesWaiting.value, LIKES_PER_MESSAGE_MAX)
    likesWaiting.value = 0
    // A lost like is not worth a word.
    room.say({ type: 'like', count }).catch(() => undefined)
  }

  onScopeDispose(() => clearTimeout(timer))
  return { isSending, likesWaiting, speak, like }
}
