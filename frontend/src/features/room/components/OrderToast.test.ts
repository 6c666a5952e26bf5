import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createI18n } from 'vue-i18n'
import type { FeedEntry } from '@/protocol/types'
import room from '../locales/zh-CN.json'
import OrderToast from './OrderToast.vue'

const orders = (id: string, name: string, count = 1): FeedEntry => ({ id, kind: 'orders', at: '', names: [name], count })

function toastOf(feed: FeedEntry[]): VueWrapper {
  const i18n = createI18n({ legacy: false, locale: 'zh-CN', messages: { 'zh-CN': room as never } })
  return mount(OrderToast, { props: { feed }, global: { plugins: [i18n as never], stubs: { transition: true } } })
}

let feed: FeedEntry[]
let toast: VueWrapper
async function heard(...entries: FeedEntry[]): Promise<string> {
  feed = [...feed, ...entries]
  await toast.setProps({ feed })
  return toast.text()
}

async function after(ms: number): Promise<string> {
  await vi.advanceTimersByTimeAsync(ms)
  return toast.text()
}

beforeEach(() => {
  vi.useFakeTimers()
  feed = [orders('o.1', '旧*')]
  toast = toastOf(feed)
})
afterEach(() => {
  toast.unmount()
  vi.useRealTimers()
})

it('what was there before one came is not told', () => expect(toast.text()).toBe(''))

it('says who has just ordered, for a few seconds', async () => {
  expect(await heard(orders('o.2', '小*'))).toBe('小* 刚刚下单')
  expect(await after(2_900)).toBe('小* 刚刚下单')
  expect(await after(200)).toBe('')
})

it('stays long enough to be read, and tells what came meanwhile as one', async () => {
  await heard(orders('o.2', '小*'))
  expect(await heard(orders('o.3', '海*', 2))).toBe('小* 刚刚下单')
  expect(await heard(orders('o.4', '子*', 5))).toBe('小* 刚刚下单')
  expect(await after(1_500)).toBe('子* 等 7 人刚刚下单')
})

it('is no word for screen readers', async () => {
  await heard(orders('o.2', '小*'))
  expect(toast.get('.toast').attributes('aria-hidden')).toBe('true')
})
