/** A refusal in words: its code translated, or one general sentence for codes not known here. */

import { asProblem } from '@/protocol/problem'
import { useText } from './use_text'

export function useProblemText(): (error: unknown) => string {
  const { t, te } = useText()
  return (error) => {
    const problem = asProblem(error)
    const key = `problems.${problem.code}`
    if (!te(key)) return t(problem.status >= 500 ? 'problems.unavailable' : 'problems.unknown')
    const words = t(key)
    return problem.code === 'too_many_requests' && problem.retryAfterSeconds !== null
      ? t('problems.too_many_requests_wait', { seconds: problem.retryAfterSeconds })
      : words
  }
}
