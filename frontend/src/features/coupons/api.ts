import { call } from '@/protocol/http_client'
import type { Coupon, CouponDrop, CouponDropCreate, Page } from '@/protocol/types'

const drop = (id: string, part: string): string => `/api/coupon-drops/${encodeURIComponent(id)}/${part}`

export const openDrop = (eventId: string, body: CouponDropCreate): Promise<CouponDrop> =>
  call('POST', `/api/events/${encodeURIComponent(eventId)}/coupon-drops`, { body })

/** A repeat gets the same drop. */
export const endDrop = (id: string): Promise<CouponDrop> => call('POST', drop(id, 'end'))

/** A repeat gets the same coupon. */
export const claimCoupon = (dropId: string): Promise<Coupon> => call('POST', drop(dropId, 'coupons'))

export const listCoupons = (cursor: string | null): Promise<Page<Coupon>> =>
  call('GET', cursor === null ? '/api/coupons' : `/api/coupons?cursor=${encodeURIComponent(cursor)}`)

/** One's own of one event, newest first: those that an order there may use. */
export const listCouponsOf = (eventId: string): Promise<Page<Coupon>> =>
  call('GET', `/api/coupons?event_id=${encodeURIComponent(eventId)}`)
