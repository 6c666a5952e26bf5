import { mount, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createI18n } from 'vue-i18n'
import { aCoupon } from '@/protocol/samples'
import { observeServerTime } from '@/protocol/server_clock'
import type { Coupon } from '@/protocol/types'
import { BEST, byWorth, chosenCoupon, type Wish } from '../coupon_choice'
import coupons from '../locales/zh-CN.json'
import CouponRow from './CouponRow.vue'

const NOW_MS = Date.parse('2020-02-19T02:01:00.000Z')
const FIVE = aCoupon()
const TWO = aCoupon({ id: 'cpn_2', title: '小额券', off_fen: 200, min_spend_fen: 1_000 })

function row(goodsFen: number, mine: Coupon[] = [FIVE, TWO], wish: Wish = BEST): VueWrapper {
  const i18n = createI18n({ legacy: false, locale: 'zh-CN', messages: { 'zh-CN': coupons as never } })
  const ranked = byWorth(mine, goodsFen, NOW_MS)
  const props = { ranked, chosen: chosenCoupon(ranked, wish, goodsFen), goodsFen, disabled: false, wish }
  return mount(CouponRow, { props, global: { plugins: [i18n as never] } })
}

beforeEach(() => {
  vi.setSystemTime(NOW_MS)
  observeServerTime(NOW_MS, 0)
})

describe('the coupon of an order', () => {
  it('says what it takes off', () => expect(row(5_000).text()).toBe('优惠券−¥5'))

  it('says what is missing where the order is too small for any', () => {
    expect(row(3_980, [FIVE]).text()).toBe('优惠券还差 ¥10.20 可减5')
  })

  it('says so when it was left out', () => {
    expect(row(5_000, [FIVE], { kind: 'none' }).text()).toBe('优惠券不使用')
  })

  it('is not spoken of where there is none', () => expect(row(5_000, []).text()).toBe(''))

  it('is chosen from a list, in which what asks for more cannot be', async () => {
    const shown = row(4_000)
    await shown.get('button').trigger('click')
    const choices = shown.findAll('label')
    expect(choices.map((label) => label.get('input').element.disabled)).toEqual([false, true, false])
    expect(choices[1]!.text()).toContain('还差 ¥10.00')
    await choices[2]!.get('input').trigger('change')
    expect(shown.emitted('update:wish')).toEqual([[{ kind: 'none' }]])
    await choices[0]!.get('input').trigger('change')
    expect(shown.emitted('update:wish')?.[1]).toEqual([{ kind: 'this', id: 'cpn_2' }])
  })
})
