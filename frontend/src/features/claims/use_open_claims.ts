/** Claims that wait for an operator, the longest waiting first. */

import { ref, shallowReadonly, shallowRef } from 'vue'
import type { ClaimCase } from '@/protocol/types'
import { listOpenClaims } from './api'

export function useOpenClaims() {
  const claims = shallowRef<readonly ClaimCase[] | null>(null)
  const next = ref<string | null>(null)
  const isLoading = ref(false)
  const problem = shallowRef<unknown>(null)

  async function read(cursor: string | null): Promise<void> {
    isLoading.value = true
    problem.value = null
    try {
      const page = await listOpenClaims(cursor)
      claims.value = cursor === null ? page.items : [...(claims.value ?? []), ...page.items]
      next.value = page.next
    } catch (error) {
      problem.value = error
    } finally {
      isLoading.value = false
    }
  }

  return {
    claims: shallowReadonly(claims),
    next,
    isLoading,
    problem,
    load: () => read(null),
    loadMore: () => read(next.value),
  }
}
