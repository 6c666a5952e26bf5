/** The coupon drop of a room, and one's own coupons of its event. */

import { computed, ref, shallowReadonly, shallowRef, watch, type Ref } from 'vue'
import { announce } from '@/design/announcer'
import { useProblemText } from '@/design/use_problem_text'
import { useText } from '@/design/use_text'
import type { RoomStore } from '@/protocol/room_store'
import { useServerNow } from '@/protocol/server_clock'
import type { Coupon } from '@/protocol/types'
import { claimCoupon, listCouponsOf } from './api'
import { dropView, isOnScreen } from './drop_view'

export type Coupons = ReturnType<typeof useCoupons>

/** Call it in a setup function. */
export function useCoupons(eventId: string, room: RoomStore, isSignedIn: Ref<boolean>) {
  const { t } = useText()
  const problemText = useProblemText()
  const nowMs = useServerNow()
  const mine = shallowRef<readonly Coupon[]>([])
  const isClaiming = ref(false)
  const isOpen = ref(false)
  let loads = 0

  const shown = room.coupon_drop
  const view = computed(() => dropView(shown.value, mine.value, nowMs.value))

  // Since when nobody can claim. What was over before this page came to see it is no news.
  const overSinceMs = ref<number | null>(null)
  const isOver = computed(() => view.value.kind === 'gone' || view.value.kind === 'ended')
  watch(
    [() => shown.value?.drop_id, isOver],
    ([, over], [known]) => (overSinceMs.value = !over ? null : known === undefined ? -Infinity : nowMs.value),
    { immediate: true },
  )
  const isShown = computed(() => isOnScreen(view.value, nowMs.value - (overSinceMs.value ?? nowMs.value)))

  /** Nobody gives a coupon back, so what is known and not in the answer was claimed since. */
  function put(read: readonly Coupon[]): void {
    const ids = new Set(read.map(({ id }) => id))
    mine.value = [...mine.value.filter(({ id }) => !ids.has(id)), ...read]
  }

  /** Without a word where it fails: an order can do without, and the sheet says what it knows. */
  async function load(): Promise<void> {
    // An event without a drop has no coupons: in a rush most people need not ask.
    if (!isSignedIn.value || shown.value === null) return
    const load = ++loads
    const page = await listCouponsOf(eventId).catch(() => null)
    if (page !== null && load === loads) put(page.items)
  }

  async function claim(): Promise<void> {
    const drop = shown.value
    if (drop === null || isClaiming.value) return
    isClaiming.value = true
    try {
      put([await claimCoupon(drop.drop_id)])
      isOpen.value = true
      announce(t('coupons.claimed'))
    } catch (error) {
      announce(problemText(error), 'alert')
    } finally {
      isClaiming.value = false
    }
  }

  watch(
    () => isSignedIn.value && shown.value !== null,
    () => void load(),
    { immediate: true },
  )
  watch(isSignedIn, (signedIn) => {
    if (signedIn) return
    loads += 1
    mine.value = []
    isOpen.value = false
  })

  return { shown, view, isShown, mine: shallowReadonly(mine), isClaiming, isOpen, claim, load }
}
