import { describe, expect, it } from 'vitest'
import { aCoupon, aCouponDrop } from '@/protocol/samples'
import { dropView, isOnScreen, OVER_SHOWN_MS } from './drop_view'

const NOW_MS = Date.parse('2020-02-19T02:01:00.000Z')

describe('a coupon drop', () => {
  it('is nothing where there was none', () => {
    expect(dropView(null, [aCoupon()], NOW_MS)).toEqual({ kind: 'none' })
  })

  it('counts down by the server’s clock, and then has ended', () => {
    expect(dropView(aCouponDrop(), [], NOW_MS)).toEqual({ kind: 'open', leftMs: 240_000, left: 37 })
    expect(dropView(aCouponDrop(), [], NOW_MS + 240_000)).toEqual({ kind: 'ended' })
    expect(dropView(aCouponDrop({ status: 'ended' }), [], NOW_MS)).toEqual({ kind: 'ended' })
  })

  it('is gone when all are claimed, whatever its time says', () => {
    expect(dropView(aCouponDrop({ claimed: 100 }), [], NOW_MS)).toEqual({ kind: 'gone' })
    expect(dropView(aCouponDrop({ status: 'gone', claimed: 100 }), [], NOW_MS + 300_000)).toEqual({ kind: 'gone' })
  })

  it('is one’s own coupon for whoever claimed, gone or not', () => {
    const gone = aCouponDrop({ status: 'gone', claimed: 100 })
    expect(dropView(gone, [aCoupon()], NOW_MS)).toEqual({ kind: 'held', coupon: aCoupon() })
    expect(dropView(gone, [aCoupon({ drop_id: 'cpd_0' })], NOW_MS)).toEqual({ kind: 'gone' })
  })

  it('is spent when that was used or is too old', () => {
    expect(dropView(aCouponDrop(), [aCoupon({ status: 'used' })], NOW_MS).kind).toBe('spent')
    expect(dropView(aCouponDrop(), [aCoupon()], Date.parse(aCoupon().use_until)).kind).toBe('spent')
  })

  it('leaves the screen a while after nobody can claim, but not that of whoever holds one', () => {
    const gone = dropView(aCouponDrop({ status: 'gone' }), [], NOW_MS)
    expect(isOnScreen(gone, 0)).toBe(true)
    expect(isOnScreen(gone, OVER_SHOWN_MS)).toBe(false)
    expect(isOnScreen(dropView(aCouponDrop({ status: 'gone' }), [aCoupon()], NOW_MS), OVER_SHOWN_MS)).toBe(true)
    expect(isOnScreen({ kind: 'none' }, 0)).toBe(false)
    expect(isOnScreen(dropView(aCouponDrop(), [aCoupon({ status: 'used' })], NOW_MS), 0)).toBe(false)
  })
})
