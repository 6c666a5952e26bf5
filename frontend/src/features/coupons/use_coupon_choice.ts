/** The coupon of an order that is about to be placed. */

import { computed, shallowRef, type Ref } from 'vue'
import { useServerNow } from '@/protocol/server_clock'
import type { Coupon } from '@/protocol/types'
import { BEST, byWorth, chosenCoupon, type Wish } from './coupon_choice'

/**
 * Call it in a setup function.
 *
 * @param goodsFen units × price, without shipping.
 */
export function useCouponChoice(coupons: Readonly<Ref<readonly Coupon[]>>, goodsFen: Readonly<Ref<number>>) {
  const nowMs = useServerNow()
  const wish = shallowRef<Wish>(BEST)
  const ranked = computed(() => byWorth(coupons.value, goodsFen.value, nowMs.value))
  const chosen = computed(() => chosenCoupon(ranked.value, wish.value, goodsFen.value))
  const discountFen = computed(() => chosen.value?.off_fen ?? 0)

  return { wish, ranked, chosen, discountFen }
}
