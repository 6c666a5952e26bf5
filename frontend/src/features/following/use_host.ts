/** A host and how many follow them; null until the server has said, or where it does not. */

import { shallowRef, watch } from 'vue'
import type { Host } from '@/protocol/types'
import { readHost } from './api'

export function useHost(hostId: () => string | null) {
  const host = shallowRef<Host | null>(null)
  watch(
    hostId,
    async (id) => {
      host.value = id === null ? null : await readHost(id).catch(() => null)
    },
    { immediate: true },
  )
  return host
}
