import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, ref, shallowRef } from 'vue'
import { createI18n } from 'vue-i18n'
import problems from '@/protocol/locales/zh-CN.json'
import type { RoomStore } from '@/protocol/room_store'
import { aCoupon, aCouponDrop } from '@/protocol/samples'
import { observeServerTime } from '@/protocol/server_clock'
import type { Coupon, CouponDropShown } from '@/protocol/types'
import { OVER_SHOWN_MS } from './drop_view'
import words from './locales/zh-CN.json'
import { useCoupons, type Coupons } from './use_coupons'

const NOW_MS = Date.parse('2020-02-19T02:01:00.000Z')

/** A server with this person's coupons, which may take its time, and whose drop may be gone. */
const server = { coupons: [] as Coupon[], isGone: false, asked: [] as string[], ready: Promise.resolve() }

async function answer(path: string, { method }: RequestInit): Promise<Response> {
  server.asked.push(`${method} ${path}`)
  if (method === 'GET') {
    const items = [...server.coupons]
    await server.ready
    return Response.json({ items, next: null })
  }
  if (server.isGone) return Response.json({ code: 'coupons_gone' }, { status: 409 })
  return Response.json(aCoupon(), { status: 201 })
}

const drop = shallowRef<CouponDropShown | null>(null)
const isSignedIn = ref(false)
let page: VueWrapper
let coupons: Coupons

function open(): void {
  const i18n = createI18n({ legacy: false, locale: 'zh-CN', messages: { 'zh-CN': { ...words, ...problems } as never } })
  const Page = defineComponent({
    setup() {
      coupons = useCoupons('evt_1', { coupon_drop: drop } as unknown as RoomStore, isSignedIn)
      return () => null
    },
  })
  page = mount(Page, { global: { plugins: [i18n as never] } })
}

const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS })
  observeServerTime(NOW_MS, 0)
  vi.stubGlobal('fetch', answer)
  Object.assign(server, { coupons: [], isGone: false, asked: [], ready: Promise.resolve() })
  drop.value = null
  isSignedIn.value = false
})
afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('one’s own coupons', () => {
  it('are not asked for where nobody has dropped any, nor by nobody', async () => {
    open()
    isSignedIn.value = true
    await settled()
    expect(server.asked).toEqual([])
    drop.value = aCouponDrop()
    await settled()
    expect(server.asked).toEqual(['GET /api/coupons?event_id=evt_1'])
  })

  it('are those claimed too, which an answer that was under way does not know', async () => {
    drop.value = aCouponDrop()
    isSignedIn.value = true
    server.coupons = [aCoupon({ id: 'cpn_0', drop_id: 'cpd_0' })]
    let go = (): void => undefined
    server.ready = new Promise((resolve) => (go = resolve))
    open()
    await coupons.claim()
    expect(coupons.mine.value.map(({ id }) => id)).toEqual(['cpn_1'])
    go()
    await settled()
    expect(coupons.mine.value.map(({ id }) => id)).toEqual(['cpn_1', 'cpn_0'])
    expect([coupons.view.value.kind, coupons.isOpen.value]).toEqual(['held', true])
  })

  it('are forgotten with whoever signs out', async () => {
    drop.value = aCouponDrop()
    isSignedIn.value = true
    server.coupons = [aCoupon()]
    open()
    await settled()
    expect(coupons.mine.value).toHaveLength(1)
    isSignedIn.value = false
    await settled()
    expect(coupons.mine.value).toEqual([])
  })

  it('are none where the last has just gone', async () => {
    drop.value = aCouponDrop()
    isSignedIn.value = true
    server.isGone = true
    open()
    await coupons.claim()
    expect([coupons.mine.value, coupons.isOpen.value, coupons.isClaiming.value]).toEqual([[], false, false])
  })
})

describe('a drop that is over', () => {
  it('stays on the screen of who saw it for a while', async () => {
    drop.value = aCouponDrop()
    open()
    expect(coupons.isShown.value).toBe(true)
    drop.value = aCouponDrop({ status: 'gone', claimed: 100 })
    await settled()
    expect([coupons.view.value.kind, coupons.isShown.value]).toEqual(['gone', true])
    await vi.advanceTimersByTimeAsync(OVER_SHOWN_MS + 1_000)
    expect(coupons.isShown.value).toBe(false)
    drop.value = aCouponDrop({ drop_id: 'cpd_2' })
    await settled()
    expect(coupons.isShown.value).toBe(true)
  })

  it('is no news to who comes later', async () => {
    open()
    drop.value = aCouponDrop({ status: 'ended' })
    await settled()
    expect(coupons.isShown.value).toBe(false)
  })
})
