/** Which of a server's ways to pay suit this device, and in which order. */

export type Way = 'wechat_h5' | 'wechat_native' | 'alipay_wap' | 'sandbox'

const IN_ORDER: readonly Way[] = ['wechat_h5', 'wechat_native', 'alipay_wap', 'sandbox']

/**
 * WeChat by one of its ways: a phone opens the app, a screen shows a code. The other one where the
 * server has no such choice: a code on a phone can be scanned by another.
 */
export function suitableWays(offered: readonly string[], isPhone: boolean): Way[] {
  const other: Way = isPhone ? 'wechat_native' : 'wechat_h5'
  const hasBoth = offered.includes('wechat_h5') && offered.includes('wechat_native')
  return IN_ORDER.filter((way) => offered.includes(way) && !(hasBoth && way === other))
}
