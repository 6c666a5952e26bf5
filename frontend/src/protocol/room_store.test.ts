import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { PUBLISH_MS, useRoom, type RoomStore } from './room_store'
import { AN_EVENT, aCouponDrop, aSnapshot, aTick, chat } from './samples'

class FakeWebSocket {
  static last: FakeWebSocket
  onopen = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  constructor(readonly address: string) {
    FakeWebSocket.last = this
  }
  send(): void {}
  close(): void {}
  says(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

let scope: EffectScope
let room: RoomStore

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeWebSocket)
  scope = effectScope()
  room = scope.run(() => useRoom('evt/1'))!
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('publishing', () => {
  beforeEach(() => FakeWebSocket.last.says(aSnapshot()))

  it('shows the first snapshot at once', () => {
    expect(room.event.value).toEqual(AN_EVENT)
    expect(room.counters.value.viewers).toBe(5)
  })

  it('keeps counters and chat to twice a second, however fast ticks come', () => {
    let n = 10
    let published = 0
    const shown = room.feed.value
    for (let ms = 0; ms < 1_000; ms += 50) {
      n += 1
      FakeWebSocket.last.says(aTick(n, { viewers: n, feed: [chat(`b.${n}-0`)], feed_id: `b.${n}-0` }))
      const before = room.feed.value
      vi.advanceTimersByTime(50)
      if (room.feed.value !== before) published += 1
    }
    expect(published).toBe(1_000 / PUBLISH_MS)
    expect(shown).toHaveLength(1)
    expect(room.feed.value).toHaveLength(21)
    expect(room.counters.value.viewers).toBe(30)
  })

  it('shows that an offer has sold out at once', () => {
    FakeWebSocket.last.says(aTick(11, { offers: [{ id: 'off_1', available: 0, status: 'sold_out' }] }))
    expect(room.offers.value[0]?.status).toBe('sold_out')
  })

  it('shows coupons at once, and their number with the rest', () => {
    expect(room.coupon_drop.value).toBeNull()
    FakeWebSocket.last.says(aTick(11, { coupon_drop: [aCouponDrop()] }))
    expect(room.coupon_drop.value).toEqual(aCouponDrop())
    FakeWebSocket.last.says(aTick(12, { coupon_drop: [{ id: 'coupon_drop', claimed: 64 }] }))
    expect(room.coupon_drop.value?.claimed).toBe(63)
    vi.advanceTimersByTime(PUBLISH_MS)
    expect(room.coupon_drop.value?.claimed).toBe(64)
  })

  it('shows a pin at once', () => {
    FakeWebSocket.last.says(aTick(11, { event: { ...AN_EVENT, pinned_offer_id: 'off_1' } }))
    expect(room.event.value?.pinned_offer_id).toBe('off_1')
  })
})

it('hands on notices, and says after a return that some may have been missed', () => {
  const heard: unknown[] = []
  room.onNotice((notice) => heard.push(notice))
  FakeWebSocket.last.says(aSnapshot())
  FakeWebSocket.last.says({ type: 'notice', kind: 'order', order_id: 'ord_1' })
  FakeWebSocket.last.onclose?.({ code: 1001 })
  window.dispatchEvent(new Event('online'))
  FakeWebSocket.last.says(aSnapshot())
  expect(heard).toEqual([{ type: 'notice', kind: 'order', order_id: 'ord_1' }, null])
})

it('asks for the room by its escaped name', () => {
  expect(FakeWebSocket.last.address).toMatch(/^ws:\/\/.*\/api\/events\/evt%2F1\/room$/)
})
