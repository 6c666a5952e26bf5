import { mount, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createI18n } from 'vue-i18n'
import design from '@/design/locales/zh-CN.json'
import { anOffer } from '@/protocol/samples'
import { observeServerTime } from '@/protocol/server_clock'
import type { Offer } from '@/protocol/types'
import sales from '../locales/zh-CN.json'
import PinnedOffer from './PinnedOffer.vue'

const NEXT = anOffer({ id: 'off_2', title: '3斤装' })
const NOW_MS = Date.parse('2020-02-19T02:00:00.000Z')

function shown(offer: Offer, next: Offer | null = null, isSelling = true): VueWrapper {
  const i18n = createI18n({ legacy: false, locale: 'zh-CN', messages: { 'zh-CN': { ...design, ...sales } as never } })
  return mount(PinnedOffer, { props: { offer, next, isPinned: true, isSelling }, global: { plugins: [i18n as never] } })
}

beforeEach(() => {
  vi.setSystemTime(NOW_MS)
  observeServerTime(NOW_MS, 0)
})

describe('an offer held up', () => {
  it('says what it costs, weighs, and how much is left, and has one thing to do', async () => {
    const card = shown(anOffer())
    expect(card.text()).toContain('¥19.90')
    expect(card.text()).toContain('3 kg（6斤）')
    expect(card.text()).toContain('剩 90 箱')
    expect(card.findAll('button')).toHaveLength(1)
    await card.get('button').trigger('click')
    expect(card.emitted('buy')).toEqual([[anOffer()]])
  })

  it('that is gone says so, and leads to the next one', async () => {
    const gone = anOffer({ available: 0, reserved: 0, sold: 100, status: 'sold_out' })
    const card = shown(gone, NEXT)
    expect(card.text()).toContain('已售罄')
    await card.get('button').trigger('click')
    expect(card.emitted('buy')).toEqual([[NEXT]])
  })

  it('whose last boxes are unpaid says that they may come back', () => {
    expect(shown(anOffer({ available: 0, reserved: 3, status: 'sold_out' })).text()).toContain('抢光了，3 箱待付款')
  })

  it('that opens later counts down and sells nothing yet', async () => {
    const card = shown(anOffer({ status: 'scheduled', opens_at: '2020-02-19T02:07:30.000Z' }))
    expect(card.text()).toContain('07:30 后开抢')
    await card.get('button').trigger('click')
    expect(card.emitted('buy')).toBeUndefined()
    expect(card.emitted('look')).toHaveLength(1)
  })

  it('sells nothing before the show', async () => {
    const card = shown(anOffer(), null, false)
    await card.get('button').trigger('click')
    expect(card.emitted('buy')).toBeUndefined()
  })
})
