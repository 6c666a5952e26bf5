/** What every form does on the way to the server: check, send once, and say what was refused. */

import { reactive, ref } from 'vue'
import { asProblem } from '@/protocol/problem'
import { useProblemText } from './use_problem_text'

export function useForm() {
  const problemText = useProblemText()
  /** Field → what is wrong with it; '' for nothing. Names are the server's. */
  const errors = reactive<Record<string, string>>({})
  const failure = ref('')
  const isSaving = ref(false)

  /** Note what is wrong. Returns whether nothing is. */
  function check(found: Record<string, string>): boolean {
    Object.assign(errors, found)
    return Object.values(errors).every((error) => error === '')
  }

  async function save(work: () => Promise<unknown>): Promise<void> {
    if (isSaving.value) return
    isSaving.value = true
    failure.value = ''
    try {
      await work()
    } catch (error) {
      Object.assign(errors, asProblem(error).fields)
      failure.value = problemText(error)
    } finally {
      isSaving.value = false
    }
  }

  return { errors, failure, isSaving, check, save }
}
