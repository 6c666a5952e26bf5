import { expect, it } from 'vitest'
import { suitableWays } from './payment_ways'

const ALL = ['sandbox', 'alipay_wap', 'wechat_native', 'wechat_h5', 'something_new']

it('a phone opens WeChat, a screen shows a code', () => {
  expect(suitableWays(ALL, true)).toEqual(['wechat_h5', 'alipay_wap', 'sandbox'])
  expect(suitableWays(ALL, false)).toEqual(['wechat_native', 'alipay_wap', 'sandbox'])
})

it('one way of WeChat is better than none', () => {
  expect(suitableWays(['wechat_native'], true)).toEqual(['wechat_native'])
  expect(suitableWays(['wechat_h5'], false)).toEqual(['wechat_h5'])
})

it('what the page does not know is not offered', () => {
  expect(suitableWays(['something_new'], true)).toEqual([])
})
