/** Well-formed values for tests. */

import type { Coupon, CouponDropShown, Event, FeedEntry, GiveawayShown, Offer, Snapshot, Tick } from './types'

export const AN_EVENT: Event = {
  id: 'evt_1',
  title: '徐闻菠萝',
  status: 'live',
  host_id: 'acc_host',
  host_name: '林知夏',
  county: {
    code: '440825',
    name: '徐闻县',
    name_en: 'Xuwen',
    province_code: '440000',
    province_name: '广东省',
  },
  place: '曲界镇菠萝田',
  description: '',
  starts_at: '2020-02-19T02:00:00.000Z',
  started_at: '2020-02-19T02:00:00.000Z',
  ended_at: null,
  pinned_offer_id: null,
  waiting_room: false,
}

export function anOffer(change: Partial<Offer> = {}): Offer {
  return {
    id: 'off_1',
    event_id: 'evt_1',
    kind: 'flash_sale',
    title: '徐闻菠萝 6斤装',
    unit_grams: 3000,
    price_fen: 1990,
    list_price_fen: 3290,
    list_price_basis: '2020年1月本店日常售价',
    shipping_fen: 0,
    undeliverable_provinces: ['540000'],
    per_buyer_limit: 2,
    allotment: 100,
    available: 90,
    reserved: 4,
    sold: 6,
    status: 'open',
    opens_at: null,
    closes_at: null,
    ...change,
  }
}

export function aGiveaway(change: Partial<GiveawayShown> = {}): GiveawayShown {
  return {
    id: 'giveaway',
    giveaway_id: 'gvw_1',
    title: '开场福袋',
    prize: '徐闻菠萝 6斤装 一箱',
    winners_count: 2,
    status: 'open',
    opened_at: '2020-02-19T02:00:00.000Z',
    closes_at: '2020-02-19T02:03:00.000Z',
    entries: 12,
    commitment: 'c0',
    entries_digest: null,
    seed: null,
    drawn_at: null,
    reason: '',
    winners: [],
    ...change,
  }
}

export function aCouponDrop(change: Partial<CouponDropShown> = {}): CouponDropShown {
  return {
    id: 'coupon_drop',
    drop_id: 'cpd_1',
    title: '开场券',
    off_fen: 500,
    min_spend_fen: 5_000,
    quantity: 100,
    claimed: 63,
    status: 'open',
    opened_at: '2020-02-19T02:00:00.000Z',
    claim_until: '2020-02-19T02:05:00.000Z',
    use_until: '2020-02-19T14:00:00.000Z',
    ...change,
  }
}

export function aCoupon(change: Partial<Coupon> = {}): Coupon {
  return {
    id: 'cpn_1',
    drop_id: 'cpd_1',
    event_id: 'evt_1',
    event_title: '徐闻菠萝',
    title: '开场券',
    off_fen: 500,
    min_spend_fen: 5_000,
    use_until: '2020-02-19T14:00:00.000Z',
    status: 'usable',
    order_id: null,
    claimed_at: '2020-02-19T02:00:10.000Z',
    ...change,
  }
}

export function chat(id: string, text = '来了来了'): FeedEntry {
  return { id, kind: 'chat', at: '2020-02-19T02:00:01.000Z', name: '小*', text }
}

export function aSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    type: 'snapshot',
    at: '2020-02-19T02:00:00.000Z',
    n: 10,
    viewers: 5,
    views: 50,
    likes: 7,
    event: AN_EVENT,
    offers: [anOffer()],
    queue: [],
    giveaway: [],
    coupon_drop: [],
    feed: [chat('a.1-0')],
    chat: [{ id: 'chat', interval_seconds: 1 }],
    feed_id: 'a.1-0',
    retracted: [],
    gap: false,
    degraded: false,
    reconnect_seconds: 4,
    tick_hz: 5,
    ...change,
  }
}

export function aTick(n: number, change: Partial<Tick> = {}): Tick {
  return { type: 'tick', n, prev: n - 1, ...change }
}
