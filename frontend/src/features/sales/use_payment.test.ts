import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, shallowRef, type EffectScope } from 'vue'
import type { Order, PaymentAction } from '@/protocol/types'
import { forgetLeft, leftToPay } from './left_to_pay'
import type { useMyOrders } from './use_my_orders'
import { usePayment, type Payment } from './use_payment'

const ORDER = { id: 'ord_1', status: 'reserved', amount_fen: 1990 } as Order

/** What the server offers, and what it answers to a start. */
const server = { ways: ['sandbox'], action: { type: 'none' } as PaymentAction }
const mine = {
  orders: shallowRef<readonly Order[] | null>([ORDER]),
  pay: vi.fn(async () => server.action),
  settled: vi.fn(),
}
const failed = vi.fn()
const go = vi.fn()
let scope: EffectScope
let payment: Payment

beforeEach(() => {
  vi.stubGlobal('fetch', async () => Response.json({ items: server.ways.map((name) => ({ name })), next: null }))
  Object.assign(server, { ways: ['sandbox'], action: { type: 'none' } })
  mine.orders.value = [ORDER]
  scope = effectScope()
  payment = scope.run(() => usePayment(mine as unknown as ReturnType<typeof useMyOrders>, failed, go))!
})
afterEach(() => {
  scope.stop()
  forgetLeft()
  vi.unstubAllGlobals()
  vi.clearAllMocks()
})

it('one way to pay is no choice', async () => {
  await payment.pay(ORDER)
  expect(mine.pay).toHaveBeenCalledWith(ORDER, 'sandbox')
  expect(payment.isOpen.value).toBe(false)
})

it('of several the buyer chooses, and goes where the provider says', async () => {
  server.ways = ['wechat_native', 'alipay_wap']
  server.action = { type: 'redirect', url: 'https://alipay.test/pay' }
  await payment.pay(ORDER)
  expect(payment.isOpen.value).toBe(true)
  expect(mine.pay).not.toHaveBeenCalled()
  await payment.choose('alipay_wap')
  expect(mine.pay).toHaveBeenCalledWith(ORDER, 'alipay_wap')
  expect(go).toHaveBeenCalledWith('https://alipay.test/pay')
  expect(leftToPay()).toBe('ord_1')
  expect(payment.isOpen.value).toBe(false)
})

it('a code is shown until the money is there', async () => {
  server.ways = ['wechat_native']
  server.action = { type: 'qr', text: 'weixin://wxpay/bizpayurl?pr=1' }
  await payment.pay(ORDER)
  expect(payment.code.value).toBe('weixin://wxpay/bizpayurl?pr=1')
  mine.orders.value = [{ ...ORDER, status: 'paid' }]
  await vi.waitFor(() => expect(payment.isOpen.value).toBe(false))
  expect(payment.code.value).toBeNull()
})

it('who puts the code away waits no more', async () => {
  server.ways = ['wechat_native']
  server.action = { type: 'qr', text: 'weixin://wxpay/bizpayurl?pr=1' }
  await payment.pay(ORDER)
  payment.close()
  expect(mine.settled).toHaveBeenCalledWith('ord_1')
})

it('a refusal and a server without a way are told', async () => {
  mine.pay.mockRejectedValueOnce(new Error('503'))
  await payment.pay(ORDER)
  expect(failed).toHaveBeenCalledTimes(1)
  payment.ways.value = []
  server.ways = []
  await payment.pay(ORDER)
  expect(failed).toHaveBeenLastCalledWith(ORDER, expect.objectContaining({ code: 'unknown_provider' }))
})
