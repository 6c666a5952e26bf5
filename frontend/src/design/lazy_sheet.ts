/**
 * A sheet that is opened by a tap: its page starts without it, and fetches it as soon as it is
 * idle, so that the tap finds it there even where the network has gone meanwhile.
 */

import { computed, defineComponent, h, onMounted, shallowRef, watch, type Component, type ShallowRef } from 'vue'
import LazySheetState from './components/LazySheetState.vue'
import { whenIdle } from './when_idle'

/** What comes sooner is not announced. */
const SILENT_MS = 200

/**
 * The sheet under the same props, events and slots. Until it is there, whoever opens it reads that
 * it is loading, or that it failed and how to try again.
 *
 * @param load the sheet, which has `v-model:open`
 */
export function lazySheet<T extends Component>(load: () => Promise<{ default: T }>): T {
  // Once for all pages.
  const sheet: ShallowRef<Component | null> = shallowRef(null)

  const lazy = defineComponent({
    name: 'LazySheet',
    inheritAttrs: false,
    props: { open: Boolean },
    emits: ['update:open'],
    setup(props, { attrs, slots, emit }) {
      const hasFailed = shallowRef(false)
      const isSlow = shallowRef(false)
      const isWaitedFor = computed(() => props.open && sheet.value === null)

      async function fetch(): Promise<void> {
        if (sheet.value !== null) return
        hasFailed.value = false
        try {
          sheet.value = (await load()).default
        } catch {
          // Ahead of any tap it does not matter yet: the tap tries again.
          hasFailed.value = true
        }
      }

      onMounted(() => whenIdle(() => void fetch()))
      watch(
        isWaitedFor,
        (isWaiting, _, onCleanup) => {
          isSlow.value = false
          if (!isWaiting) return
          void fetch()
          const timer = setTimeout(() => (isSlow.value = true), SILENT_MS)
          onCleanup(() => clearTimeout(timer))
        },
        { immediate: true },
      )

      return () => {
        const opening = { open: props.open, 'onUpdate:open': (open: boolean) => emit('update:open', open) }
        if (sheet.value !== null) return h(sheet.value, { ...attrs, ...opening }, slots)
        if (!isSlow.value) return null
        const sunny = 'sunny' in attrs && attrs.sunny !== false
        return h(LazySheetState, { ...opening, sunny, hasFailed: hasFailed.value, onRetry: fetch })
      }
    },
  })
  return lazy as unknown as T
}
