/** From "confirm" to an order, a refusal, or an honest "not known yet". */

import { readonly, shallowRef } from 'vue'
import type { Problem } from '@/protocol/problem'
import type { Offer, Order, OrderCreate } from '@/protocol/types'
import { postOrder } from './api'
import { forgetIntent, savedIntents, saveIntent } from './intent_storage'
import { placeOrder, type Intent, type Outcome, type Ports } from './place_order'

export type PurchaseStep =
  | { readonly kind: 'idle' }
  | { readonly kind: 'placing' }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'unknown'; readonly problem: Problem; readonly intent: Intent }

const PORTS: Ports = {
  post: (intent, timeoutMs) => postOrder(intent.offerId, intent.body, intent.key, timeoutMs),
  save: saveIntent,
  forget: forgetIntent,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
}

/** @param onReserved hears of every order that came about, those of an earlier page included. */
export function usePurchase(onReserved: (order: Order) => void) {
  const step = shallowRef<PurchaseStep>({ kind: 'idle' })

  async function confirm(offer: Offer, buyerId: string, body: OrderCreate): Promise<void> {
    await carryOut({
      key: crypto.randomUUID?.() ?? randomKey(),
      offerId: offer.id,
      eventId: offer.event_id,
      buyerId,
      body,
      startedMs: Date.now(),
    })
  }

  async function carryOut(intent: Intent): Promise<void> {
    step.value = { kind: 'placing' }
    conclude(intent, await placeOrder(intent, PORTS))
  }

  function conclude(intent: Intent, outcome: Outcome): void {
    switch (outcome.kind) {
      case 'reserved':
        step.value = { kind: 'idle' }
        onReserved(outcome.order)
        break
      case 'refused':
        step.value = outcome
        break
      case 'unknown':
        step.value = { ...outcome, intent }
    }
  }

  /** Find out what became of orders whose answer never came. */
  async function resume(eventId: string, buyerId: string): Promise<void> {
    for (const intent of savedIntents()) {
      if (intent.eventId !== eventId || intent.buyerId !== buyerId) continue
      const outcome = await placeOrder(intent, PORTS)
      if (outcome.kind === 'reserved') onReserved(outcome.order)
    }
  }

  const reset = (): void => {
    if (step.value.kind === 'refused') step.value = { kind: 'idle' }
  }

  return { step: readonly(step), confirm, repeat: carryOut, resume, reset }
}

/** For pages that are not served over HTTPS, where browsers keep randomUUID to themselves. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
