/** Why somebody in a room is asked to sign in, and what happens once they have. */

import { computed, ref, watch, type Ref } from 'vue'
import { useText } from '@/design/use_text'

type Wanted = 'talk' | 'place' | 'follow' | 'remind'

const REASONS: Record<Wanted, string> = {
  talk: 'accounts.sign_in_to_talk',
  place: 'waiting.sign_in_to_queue',
  follow: 'following.sign_in_to_follow',
  remind: 'following.sign_in_to_remind',
}

/**
 * @param isBuying Whether an offer waits for them.
 * @param show Shows where to sign in.
 * @param takePlace Of the queue for ordering; follows and reminders see to themselves.
 */
export function useRoomSignIn(
  isSignedIn: Readonly<Ref<boolean>>,
  isBuying: () => boolean,
  show: () => void,
  takePlace: () => void,
) {
  const { t } = useText()
  const wanted = ref<Wanted | null>(null)
  const reason = computed(() => {
    if (wanted.value !== null) return t(REASONS[wanted.value])
    return t(isBuying() ? 'accounts.sign_in_to_buy' : REASONS.talk)
  })

  function ask(what: Wanted): void {
    wanted.value = what
    show()
  }

  function joinQueue(): void {
    if (isSignedIn.value) takePlace()
    else ask('place')
  }

  watch(isSignedIn, (signedIn) => {
    if (signedIn && wanted.value === 'place') takePlace()
    wanted.value = null
  })

  /** They want to buy after all. */
  const toBuy = (): void => void (wanted.value = null)

  return { reason, ask, joinQueue, toBuy }
}
