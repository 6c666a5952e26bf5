/** Talking and liking in a room, within what the server takes. */

import { computed, onScopeDispose, ref } from 'vue'
import { announce } from '@/design/announcer'
import { useProblemText } from '@/design/use_problem_text'
import { asProblem } from '@/protocol/problem'
import type { RoomStore } from '@/protocol/room_store'
import { serverNowMs, useServerNow } from '@/protocol/server_clock'

export const CHAT_CHARS_MAX = 200
const LIKES_PER_MESSAGE_MAX = 50
const LIKES_SENT_EVERY_MS = 1_000
/** Shorter intervals than this are over before anybody reads how long they take. */
const SHOWN_INTERVAL_SECONDS_MIN = 2

/**
 * @param intervalSeconds between two messages of one's own, as far as is known.
 * @param onSilenced the server says that one must not speak.
 */
export function useChat(room: RoomStore, intervalSeconds: () => number = () => 0, onSilenced: () => void = () => {}) {
  const problemText = useProblemText()
  const nowMs = useServerNow()
  const spokeMs = ref<number | null>(null)
  const toldWaitMs = ref(0)
  const isSending = ref(false)
  /** Own likes that the server has not counted yet. */
  const likesWaiting = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Whether it was said; otherwise the reader has been told why, and keeps the text. */
  async function speak(text: string): Promise<boolean> {
    isSending.value = true
    try {
      await room.say({ type: 'chat', text })
      spokeMs.value = serverNowMs()
      toldWaitMs.value = 0
      return true
    } catch (error) {
      heed(error)
      announce(problemText(error), 'alert')
      return false
    } finally {
      isSending.value = false
    }
  }

  function heed(error: unknown): void {
    const { code, retryAfterSeconds } = asProblem(error)
    if (code === 'chat_too_soon') {
      spokeMs.value = serverNowMs()
      toldWaitMs.value = (retryAfterSeconds ?? 0) * 1000
    } else if (code === 'muted' || code === 'banned_from_chat') {
      onSilenced()
    }
  }

  /** Seconds until one may speak again; 0 for now. */
  const waitSeconds = computed(() => {
    if (spokeMs.value === null || intervalSeconds() < SHOWN_INTERVAL_SECONDS_MIN) return 0
    const waitMs = toldWaitMs.value || intervalSeconds() * 1000
    return Math.max(0, Math.ceil((spokeMs.value + waitMs - nowMs.value) / 1000))
  })

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
  return { isSending, likesWaiting, waitSeconds, speak, like }
}
