import { onScopeDispose, readonly, ref, type Ref } from 'vue'

/** Whether the window is as wide as a desktop's (1024 px and more). */
export function useIsWide(): Readonly<Ref<boolean>> {
  const query = window.matchMedia('(min-width: 1024px)')
  const isWide = ref(query.matches)
  const follow = (): void => {
    isWide.value = query.matches
  }
  query.addEventListener('change', follow)
  onScopeDispose(() => query.removeEventListener('change', follow))
  return readonly(isWide)
}
