/** A buyer's own orders: read, paid, cancelled; each kept as the server last told it. */

import { onScopeDispose, ref, shallowReadonly, shallowRef } from 'vue'
import type { Order, PaymentAction } from '@/protocol/types'
import { cancelOrder, listOrders, payOrder, readOrder } from './api'
import { forgetLeft, leftToPay } from './left_to_pay'

// The notice of a payment usually comes first; this is for when it does not.
const SETTLE_POLL_MS = 1_500
const SETTLE_POLLS_MAX = 20
/** A buyer takes longer with a code: to find the phone, to unlock it, to scan, to confirm. */
const SCAN_POLL_MS = 3_000
const SCAN_POLLS_MAX = 200

export function useMyOrders() {
  const orders = shallowRef<readonly Order[] | null>(null)
  const next = ref<string | null>(null)
  const isLoading = ref(false)
  const problem = shallowRef<unknown>(null)
  /** Ids of orders that have been paid for and wait for the provider's word. */
  const settling = shallowRef<ReadonlySet<string>>(new Set())
  const timers = new Set<ReturnType<typeof setTimeout>>()

  async function load(): Promise<void> {
    isLoading.value = true
    problem.value = null
    try {
      const page = await listOrders(null)
      orders.value = page.items
      next.value = page.next
      for (const order of page.items) {
        if (order.status !== 'reserved') settled(order.id)
        else if (leftToPay() === order.id) waitFor(order.id)
      }
      forgetLeft()
    } catch (error) {
      problem.value = error
    } finally {
      isLoading.value = false
    }
  }

  async function loadMore(): Promise<void> {
    if (next.value === null) return
    isLoading.value = true
    try {
      const page = await listOrders(next.value)
      const known = new Set(orders.value?.map((order) => order.id))
      orders.value = [...(orders.value ?? []), ...page.items.filter((order) => !known.has(order.id))]
      next.value = page.next
    } finally {
      isLoading.value = false
    }
  }

  /** Lay one order over what is known. The answer to an order has no titles: they stay. */
  function put(order: Order): void {
    const known = orders.value ?? []
    const old = known.find((other) => other.id === order.id)
    const whole: Order = {
      ...order,
      offer_title: order.offer_title ?? old?.offer_title ?? null,
      event_title: order.event_title ?? old?.event_title ?? null,
    }
    orders.value = old ? known.map((other) => (other === old ? whole : other)) : [whole, ...known]
    if (order.status !== 'reserved') settled(order.id)
  }

  async function refresh(id: string): Promise<Order> {
    const order = await readOrder(id)
    put(order)
    return order
  }

  /**
   * Throws Problem. Resolves when the provider has been asked, with what is to be done now; paid is
   * told by a later state.
   */
  async function pay(order: Order, provider: string): Promise<PaymentAction> {
    settling.value = new Set([...settling.value, order.id])
    try {
      const { action = { type: 'none' } } = await payOrder(order.id, provider)
      if (action.type === 'qr') poll(order.id, SCAN_POLLS_MAX, SCAN_POLL_MS)
      else poll(order.id, SETTLE_POLLS_MAX, SETTLE_POLL_MS)
      return action
    } catch (error) {
      settled(order.id)
      throw error
    }
  }

  function waitFor(id: string): void {
    if (settling.value.has(id)) return
    settling.value = new Set([...settling.value, id])
    poll(id, SETTLE_POLLS_MAX, SETTLE_POLL_MS)
  }

  /** Throws Problem. */
  async function cancel(order: Order): Promise<void> {
    put(await cancelOrder(order.id))
  }

  function poll(id: string, left: number, everyMs: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (!settling.value.has(id)) return
      if (left === 0) {
        settled(id)
        return
      }
      void refresh(id)
        .catch(() => undefined)
        .then(() => poll(id, left - 1, everyMs))
    }, everyMs)
    timers.add(timer)
  }

  /** No more waiting for the provider's word: it came, or its buyer has given up. */
  function settled(id: string): void {
    if (!settling.value.has(id)) return
    settling.value = new Set([...settling.value].filter((other) => other !== id))
  }

  onScopeDispose(() => timers.forEach(clearTimeout))

  return {
    orders: shallowReadonly(orders),
    next,
    isLoading,
    problem,
    settling: shallowReadonly(settling),
    load,
    loadMore,
    put,
    refresh,
    pay,
    settled,
    cancel,
  }
}
