/** Why somebody in a room is asked to sign in, and what happens once they have. */

import { computed, ref, watch, type Ref } from 'vue'
import { useText } from '@/design/use_text'

type Wanted = 'talk' | 'place' | 'enter' | 'claim' | 'follow' | 'remind'

const REASONS: Record<Wanted, string> = {
  talk: 'accounts.sign_in_to_talk',
  place: 'waiting.sign_in_to_queue',
  enter: 'giveaways.sign_in_to_enter',
  claim: 'coupons.sign_in_to_claim',
  follow: 'following.sign_in_to_follow',
  remind: 'following.sign_in_to_remind',
}

/**
 * @param isAsking Whether they are asked now.
 * @param isBuying Whether an offer waits for them.
 * @param show Shows where to sign in.
 * @param then What is done for who is signed in; follows and reminders see to themselves.
 */
export function useRoomSignIn(
  isSignedIn: Readonly<Ref<boolean>>,
  isAsking: Readonly<Ref<boolean>>,
  isBuying: () => boolean,
  show: () => void,
  then: Readonly<Partial<Record<Wanted, () => void>>>,
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

  /** Do it, as soon as they are signed in. */
  function wish(what: Wanted): void {
    if (isSignedIn.value) then[what]?.()
    else ask(what)
  }

  watch(isSignedIn, (signedIn) => {
    const what = wanted.value
    wanted.value = null
    if (signedIn && what !== null) then[what]?.()
  })

  watch(isAsking, (asking) => {
    // Put away: who signs in later, for something else, did not wish for it.
    if (!asking && !isSignedIn.value) wanted.value = null
  })

  /** They want to buy after all. */
  const toBuy = (): void => void (wanted.value = null)

  return { reason, ask, wish, toBuy }
}
