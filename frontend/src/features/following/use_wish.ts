/** What somebody wants who has to sign in first: done as soon as they have. */

import { ref, watch } from 'vue'
import { announce } from '@/design/announcer'
import { useProblemText } from '@/design/use_problem_text'

/**
 * @param isSignedIn Whether the wish can be fulfilled now.
 * @param askToSignIn Shows where to sign in.
 */
export function useWish(isSignedIn: () => boolean, askToSignIn: () => void, fulfil: () => Promise<string>) {
  const problemText = useProblemText()
  const isBusy = ref(false)
  let isWaiting = false

  async function wish(): Promise<void> {
    isWaiting = !isSignedIn()
    if (isWaiting) return askToSignIn()
    isBusy.value = true
    try {
      announce(await fulfil())
    } catch (error) {
      announce(problemText(error), 'alert')
    } finally {
      isBusy.value = false
    }
  }

  watch(isSignedIn, (signedIn) => {
    if (signedIn && isWaiting) void wish()
  })
  return { isBusy, wish }
}
