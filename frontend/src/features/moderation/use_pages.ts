/** A list that comes page by page. */

import { ref, shallowReadonly, shallowRef } from 'vue'
import type { Page } from '@/protocol/types'

export function usePages<T>(read: (cursor: string | null) => Promise<Page<T>>) {
  const items = shallowRef<readonly T[] | null>(null)
  const next = ref<string | null>(null)
  const isLoading = ref(false)
  const problem = shallowRef<unknown>(null)

  async function take(cursor: string | null): Promise<void> {
    isLoading.value = true
    problem.value = null
    try {
      const page = await read(cursor)
      items.value = cursor === null ? page.items : [...(items.value ?? []), ...page.items]
      next.value = page.next
    } catch (error) {
      problem.value = error
    } finally {
      isLoading.value = false
    }
  }

  return { items: shallowReadonly(items), next, isLoading, problem, load: () => take(null), loadMore: () => take(next.value) }
}
