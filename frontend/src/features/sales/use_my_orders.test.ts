import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import type { Order } from '@/protocol/types'
import { useMyOrders } from './use_my_orders'
import { leaveToPay } from './left_to_pay'

const ORDER = { id: 'ord_1', status: 'reserved', offer_title: '6斤装', event_title: '徐闻' } as Order

/** A server with one order, which a payment settles when the test says so. */
const server = { order: ORDER, isRefusing: false, reads: 0 }

async function answer(path: string, init: RequestInit): Promise<Response> {
  if (path.endsWith('/payment')) {
    return server.isRefusing
      ? new Response('{"code":"not_payable"}', { status: 409 })
      : new Response('{"status":"started"}', { status: 201 })
  }
  if (init.method === 'GET' && path.startsWith('/api/orders/')) {
    server.reads += 1
    return Response.json({ ...server.order, offer_title: undefined })
  }
  return Response.json({ items: [server.order], next: null })
}

let scope: EffectScope
let mine: ReturnType<typeof useMyOrders>

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', vi.fn(answer))
  Object.assign(server, { order: ORDER, isRefusing: false, reads: 0 })
  scope = effectScope()
  mine = scope.run(() => useMyOrders())!
  await mine.load()
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('paying', () => {
  it('waits for the word of the provider, and keeps the titles that single answers lack', async () => {
    await mine.pay(ORDER, 'sandbox')
    expect(mine.settling.value.has('ord_1')).toBe(true)
    await vi.advanceTimersByTimeAsync(1_500)
    server.order = { ...ORDER, status: 'paid' }
    await vi.advanceTimersByTimeAsync(1_500)
    expect(mine.orders.value?.[0]).toMatchObject({ status: 'paid', offer_title: '6斤装' })
    expect(mine.settling.value.size).toBe(0)
  })

  it('stops asking once it is settled, and after half a minute in any case', async () => {
    await mine.pay(ORDER, 'sandbox')
    await vi.advanceTimersByTimeAsync(120_000)
    expect(server.reads).toBe(20)
    expect(mine.settling.value.size).toBe(0)
  })

  it('goes on waiting when the buyer comes back from the page of the provider', async () => {
    leaveToPay('ord_1', () => undefined)
    await mine.load()
    expect(mine.settling.value.has('ord_1')).toBe(true)
    server.order = { ...ORDER, status: 'paid' }
    await vi.advanceTimersByTimeAsync(1_500)
    expect(mine.settling.value.size).toBe(0)
  })

  it('that is given up waits for nothing', async () => {
    await mine.pay(ORDER, 'wechat_native')
    mine.settled('ord_1')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(server.reads).toBe(0)
  })

  it('that is refused waits for nothing', async () => {
    server.isRefusing = true
    await expect(mine.pay(ORDER, 'sandbox')).rejects.toMatchObject({ code: 'not_payable' })
    expect(mine.settling.value.size).toBe(0)
  })
})

it('a new order comes first, and only once', () => {
  mine.put({ ...ORDER, id: 'ord_2' })
  mine.put({ ...ORDER, id: 'ord_2' })
  expect(mine.orders.value?.map(({ id }) => id)).toEqual(['ord_2', 'ord_1'])
})
