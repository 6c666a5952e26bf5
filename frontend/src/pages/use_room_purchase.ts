/**
 * Buying without leaving the room: who signs in, where it goes, with which coupon, what became of it.
 *
 * Joins accounts, coupons and sales, which do not know each other; so it belongs to the page.
 */

import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { announce } from '@/design/announcer'
import { useProblemText } from '@/design/use_problem_text'
import { useText } from '@/design/use_text'
import { useAccount } from '@/features/accounts/use_account'
import { useAddresses } from '@/features/accounts/use_addresses'
import { usePlaces } from '@/features/catalog/use_places'
import { BEST } from '@/features/coupons/coupon_choice'
import { useCouponChoice } from '@/features/coupons/use_coupon_choice'
import type { Coupons } from '@/features/coupons/use_coupons'
import { nextOffer } from '@/features/sales/offers'
import { useMyOrders } from '@/features/sales/use_my_orders'
import { usePayment } from '@/features/sales/use_payment'
import { usePurchase } from '@/features/sales/use_purchase'
import type { RoomStore } from '@/protocol/room_store'
import type { Address, Notice, Offer, Order } from '@/protocol/types'

const PAID_SHOWN_MS = 8_000
/** An expiry is carried out a moment after its time. */
const EXPIRY_GRACE_MS = 1_500

type Wish = { kind: 'buy'; offerId: string } | { kind: 'talk' } | null

/** @param isOnesTurn asked before each purchase: false where others order first. */
export function useRoomPurchase(
  eventId: string,
  room: RoomStore,
  offers: Ref<readonly Offer[]>,
  coupons: Coupons,
  isOnesTurn: () => Promise<boolean>,
) {
  const { t } = useText()
  const problemText = useProblemText()
  const { account, isSignedIn } = useAccount()
  const { provinceChoices, provinceName, loadProvinces } = usePlaces()
  const book = useAddresses()
  const mine = useMyOrders()
  const payment = usePayment(mine, payFailed)

  const offerId = ref<string | null>(null)
  const isBuying = ref(false)
  const isSigningIn = ref(false)
  const wish = shallowRef<Wish>(null)
  const address = shallowRef<Address | null>(null)
  const justPaid = shallowRef<Order | null>(null)

  const offer = computed(() => offers.value.find(({ id }) => id === offerId.value) ?? null)
  const next = computed(() => (offer.value ? nextOffer(offer.value, offers.value) : null))
  const units = ref(1)
  const goodsFen = computed(() => (offer.value?.price_fen ?? 0) * units.value)
  const coupon = useCouponChoice(coupons.mine, goodsFen)
  const unpaid = computed(() =>
    (mine.orders.value ?? [])
      .filter((order) => order.event_id === eventId && order.status === 'reserved')
      .sort((a, b) => Date.parse(a.pay_by) - Date.parse(b.pay_by)),
  )

  const purchase = usePurchase((order) => {
    mine.put(order)
    isBuying.value = false
    announce(t('sales.reserved_notice'))
  })

  async function buy(wanted: Offer): Promise<void> {
    offerId.value = wanted.id
    if (!isSignedIn.value) {
      wish.value = { kind: 'buy', offerId: wanted.id }
      isSigningIn.value = true
      return
    }
    purchase.reset()
    coupon.wish.value = BEST
    isBuying.value = await isOnesTurn()
  }

  function askToTalk(): void {
    wish.value = { kind: 'talk' }
    isSigningIn.value = true
  }

  function signedIn(): void {
    const wanted = wish.value
    wish.value = null
    const target = wanted?.kind === 'buy' ? offers.value.find(({ id }) => id === wanted.offerId) : undefined
    if (target) void buy(target)
  }

  async function confirm(): Promise<void> {
    if (!offer.value || !account.value || !address.value) return
    await purchase.confirm(offer.value, account.value.id, {
      units: units.value,
      price_fen: offer.value.price_fen,
      address_id: address.value.id,
      ...(coupon.chosen.value && { coupon_id: coupon.chosen.value.id }),
    })
    const { value: step } = purchase.step
    // It was used elsewhere, or is too old: what is left decides anew.
    if (step.kind === 'refused' && step.problem.code.startsWith('coupon_')) void coupons.load()
    // The turn has ended while the sheet was open.
    if (step.kind === 'refused' && step.problem.code === 'waiting') isBuying.value = await isOnesTurn()
  }

  async function payFailed(order: Order, error: unknown): Promise<void> {
    announce(problemText(error), 'alert')
    await mine.refresh(order.id).catch(() => undefined)
  }

  function onPassed(order: Order): void {
    setTimeout(() => void mine.refresh(order.id).catch(() => undefined), EXPIRY_GRACE_MS)
  }

  function onNotice(notice: Notice | null): void {
    const id = notice?.order_id
    if (typeof id === 'string') void mine.refresh(id).catch(() => undefined)
    else if (isSignedIn.value) void mine.load()
  }

  // Said when the order is seen to have changed, whichever way that came to be known.
  watch(mine.orders, (now, before) => {
    for (const order of now ?? []) {
      const old = before?.find((other) => other.id === order.id)
      // Whoever did not buy after all has the coupon again; another device may have used it.
      if (before && order.coupon_id && old?.status !== order.status) void coupons.load()
      if (!old || old.status === order.status) continue
      if (order.status === 'paid') {
        announce(t('sales.paid_notice'))
        justPaid.value = order
        setTimeout(() => (justPaid.value = null), PAID_SHOWN_MS)
      }
      if (order.status === 'expired') announce(t('sales.expired_notice'), 'alert')
      if (order.status === 'refunded') announce(t('sales.refunded_notice'))
    }
  })

  watch(book.remembered, (remembered) => (address.value = remembered))

  async function becomeSomebody(): Promise<void> {
    await Promise.all([mine.load(), book.load(), loadProvinces().catch(() => undefined)])
    if (account.value) await purchase.resume(eventId, account.value.id)
  }

  let known = account.value?.id
  watch(
    () => account.value?.id,
    (id) => {
      if (id !== known) room.restart()
      known = id
      if (id !== undefined) void becomeSomebody()
    },
    { immediate: true },
  )
  room.onNotice(onNotice)

  return {
    account,
    isSignedIn,
    isSigningIn,
    isBuying,
    offer,
    next,
    address,
    units,
    goodsFen,
    coupon,
    book,
    provinceChoices,
    provinceName,
    purchase,
    unpaid,
    settling: mine.settling,
    justPaid,
    buy,
    askToTalk,
    signedIn,
    confirm,
    payment,
    onPassed,
  }
}
