/** From "pay" to the provider: which way, then wherever the provider wants its buyer. */

import { computed, ref, shallowRef, watch } from 'vue'
import { Problem } from '@/protocol/problem'
import type { Order, PaymentAction } from '@/protocol/types'
import { listProviders } from './api'
import { leaveToPay } from './left_to_pay'
import { suitableWays, type Way } from './payment_ways'
import type { useMyOrders } from './use_my_orders'

export type Payment = ReturnType<typeof usePayment>

const isPhone = (): boolean => window.matchMedia('(pointer: coarse)').matches

/** @param failed hears of a payment that could not be started. */
export function usePayment(
  mine: ReturnType<typeof useMyOrders>,
  failed: (order: Order, error: unknown) => void,
  go: (url: string) => void = (url) => window.location.assign(url),
) {
  const ways = shallowRef<readonly Way[]>([])
  /** The order that is being paid, while there is something to choose or to scan. */
  const order = shallowRef<Order | null>(null)
  /** What is to be scanned. */
  const code = ref<string | null>(null)
  const isOpen = computed(() => order.value !== null)

  async function pay(wanted: Order): Promise<void> {
    try {
      if (ways.value.length === 0) {
        const { items } = await listProviders()
        ways.value = suitableWays(
          items.map(({ name }) => name),
          isPhone(),
        )
      }
      const [first, ...others] = ways.value
      if (first === undefined) throw new Problem('unknown_provider', 0)
      if (others.length === 0) await start(wanted, first)
      else order.value = wanted
    } catch (error) {
      failed(wanted, error)
    }
  }

  async function choose(way: Way): Promise<void> {
    const wanted = order.value
    if (wanted === null) return
    order.value = null
    try {
      await start(wanted, way)
    } catch (error) {
      failed(wanted, error)
    }
  }

  async function start(wanted: Order, way: Way): Promise<void> {
    follow(wanted, await mine.pay(wanted, way))
  }

  /** Do what a payment's start has asked for. */
  function follow(wanted: Order, action: PaymentAction): void {
    switch (action.type) {
      case 'redirect':
        leaveToPay(wanted.id, () => go(action.url))
        break
      case 'qr':
        order.value = wanted
        code.value = action.text
        break
      case 'none':
    }
  }

  /** Its buyer has put it away, or there is nothing to do any more. */
  function close(): void {
    if (order.value !== null && code.value !== null) mine.settled(order.value.id)
    order.value = null
    code.value = null
  }

  // Paid, expired or cancelled, whichever way that came to be known: nothing to scan any more.
  watch(mine.orders, (now) => {
    const current = now?.find(({ id }) => id === order.value?.id)
    if (current && current.status !== 'reserved') close()
  })

  return { ways, order, code, isOpen, pay, choose, follow, close }
}
