import { beforeEach, describe, expect, it } from 'vitest'
import { Problem } from '@/protocol/problem'
import type { Order } from '@/protocol/types'
import { forgetIntent, savedIntents, saveIntent } from './intent_storage'
import { ATTEMPTS_MAX, placeOrder, type Intent, type Ports } from './place_order'

const INTENT: Intent = {
  key: 'key-1',
  offerId: 'off_1',
  eventId: 'evt_1',
  buyerId: 'acc_1',
  body: { units: 1, price_fen: 1990, address_id: 'adr_1' },
  startedMs: Date.now(),
}
const ORDER = { id: 'ord_1', status: 'reserved' } as Order

/** A server that answers what the test lines up, and notes what it was asked. */
class Server implements Ports {
  readonly asked: Intent[] = []
  readonly waits: number[] = []
  savedAtFirstRequest: Intent[] = []

  constructor(private readonly answers: (Order | Problem)[]) {}

  async post(intent: Intent): Promise<Order> {
    if (this.asked.length === 0) this.savedAtFirstRequest = savedIntents()
    this.asked.push(intent)
    const answer = this.answers[Math.min(this.asked.length, this.answers.length) - 1]!
    if (answer instanceof Problem) throw answer
    return answer
  }

  save = saveIntent
  forget = forgetIntent
  wait = async (ms: number): Promise<void> => void this.waits.push(ms)
  random = (): number => 0.5
}

const LOST = new Problem('timeout', 0)

beforeEach(() => localStorage.clear())

describe('the key', () => {
  it('is saved before the first request leaves', async () => {
    const server = new Server([ORDER])
    await placeOrder(INTENT, server)
    expect(server.savedAtFirstRequest).toEqual([INTENT])
    expect(savedIntents()).toEqual([])
  })

  it('and the body stay the same however often the answer is lost', async () => {
    const server = new Server([LOST, new Problem('unavailable', 503, 1), ORDER])
    expect(await placeOrder(INTENT, server)).toEqual({ kind: 'reserved', order: ORDER })
    expect(server.asked).toEqual([INTENT, INTENT, INTENT])
    expect(server.waits).toEqual([400, 1_800])
  })

  it('outlives a page on which no answer ever came, and is then repeated', async () => {
    const outcome = await placeOrder(INTENT, new Server([LOST]))
    expect(outcome.kind).toBe('unknown')
    const [saved] = savedIntents()
    expect(saved).toEqual(INTENT)
    expect(await placeOrder(saved!, new Server([ORDER]))).toEqual({ kind: 'reserved', order: ORDER })
    expect(savedIntents()).toEqual([])
  })

  it('is forgotten after a day', () => {
    saveIntent({ ...INTENT, startedMs: Date.now() - 25 * 3_600_000 })
    expect(savedIntents()).toEqual([])
  })
})

describe('attempts', () => {
  it.each(['sold_out', 'buyer_limit', 'price_changed', 'not_deliverable'])('end with %s at once', async (code) => {
    const server = new Server([new Problem(code, 409)])
    expect(await placeOrder(INTENT, server)).toMatchObject({ kind: 'refused', problem: { code } })
    expect(server.asked).toHaveLength(1)
    expect(savedIntents()).toEqual([])
  })

  it('are bounded', async () => {
    const server = new Server([LOST])
    await placeOrder(INTENT, server)
    expect(server.asked).toHaveLength(ATTEMPTS_MAX)
  })

  it('that were all turned away as too many leave nothing unknown', async () => {
    const server = new Server([new Problem('too_many_requests', 429, 1)])
    expect(await placeOrder(INTENT, server)).toMatchObject({ kind: 'refused' })
    expect(savedIntents()).toEqual([])
  })
})

it('nonsense in storage is no intent', () => {
  localStorage.setItem('live.order_intents', '{"a":1}')
  expect(savedIntents()).toEqual([])
  localStorage.setItem('live.order_intents', 'nonsense')
  expect(savedIntents()).toEqual([])
})
