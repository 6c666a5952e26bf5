/**
 * A server for looking at pages: every state they can be in, and no Python.
 *
 *   npm run build && node dev/fake_server.mjs [port]
 *
 * Sign in with 13800000001 (host), 13800000002 (operator) or any other number (viewer); every
 * code is 000000. Event ids name their state: live, soldout, long, soon, ended, cancelled,
 * degraded, quiet, unpinned. `POST /fake {"mode": "normal" | "still" | "empty" | "failing"}` changes the
 * weather: `still` sells only what you buy, and knows no address of yours.
 */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocketServer } from 'ws'
import { fakeCoupons } from './fake_coupons.mjs'
import { fakeGiveaways } from './fake_giveaways.mjs'

const PORT = Number(process.argv[2] ?? 8099)
const STATIC = fileURLToPath(new URL('../../live/web/static/', import.meta.url))
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' }
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const started = Date.now()
let mode = 'normal'

const iso = (offset) => new Date(started + offset).toISOString()
const COUNTY = { code: '440825', name: '徐闻县', name_en: 'Xuwen', province_code: '440000', province_name: '广东省' }
const YULIN = { code: '450900', name: '玉州区', name_en: 'Yuzhou', province_code: '450000', province_name: '广西壮族自治区' }

function offer(id, event_id, change) {
  const base = {
    id, event_id, kind: 'flash_sale', title: '【开场秒杀】徐闻菠萝 6斤装', unit_grams: 3000, price_fen: 1990,
    list_price_fen: 3290, list_price_basis: '2020年1月本店日常售价', shipping_fen: 0,
    undeliverable_provinces: ['540000', '650000'], per_buyer_limit: 2, allotment: 2000, available: 1312, reserved: 96,
    sold: 592, status: 'open', opens_at: null, closes_at: null,
  }
  return { ...base, ...change }
}
function event(id, change = {}, offers) {
  const base = {
    id, title: '徐闻菠萝：县长请你来菠萝的海', status: 'live', host_id: 'acc_host', host_name: '林知夏（徐闻县县长）', county: COUNTY,
    place: '广东徐闻 · 曲界镇菠萝田', description: '', starts_at: iso(-42 * MINUTE), started_at: iso(-42 * MINUTE), ended_at: null,
    pinned_offer_id: `${id}-1`,
    waiting_room: false,
  }
  const whole = { ...base, ...change }
  return {
    ...whole,
    offers: offers ?? [
      offer(`${id}-1`, id, {}),
      offer(`${id}-2`, id, { title: '【尝鲜小箱】徐闻菠萝 3斤装', unit_grams: 1500, price_fen: 1290, list_price_fen: 1990, allotment: 750, available: 41, reserved: 12, sold: 697 }),
      offer(`${id}-3`, id, { title: '【全家大箱】徐闻菠萝 9斤装', unit_grams: 4500, price_fen: 2790, list_price_fen: 4590, allotment: 750, available: 0, reserved: 0, sold: 750, status: 'sold_out' }),
      offer(`${id}-4`, id, { title: '【县长加推】徐闻菠萝 6斤装', price_fen: 1890, allotment: 1500, available: 1500, reserved: 0, sold: 0, status: 'scheduled', opens_at: iso(7 * MINUTE) }),
      offer(`${id}-5`, id, { title: '【收官大箱】徐闻菠萝 9斤装', kind: 'fixed_price', unit_grams: 4500, price_fen: 2690, allotment: 750, available: 750, reserved: 0, sold: 0, status: 'draft' }),
    ],
  }
}
const LONG = '【开场秒杀·限时加赠】广东湛江徐闻曲界镇红土地现摘巴厘菠萝精品大果产地直发顺丰冷链包邮 6斤装'
const events = new Map(
  [
    event('live'),
    event('soldout', { title: '售罄的直播间' }, [
      offer('soldout-1', 'soldout', { available: 0, reserved: 4, sold: 1996, status: 'sold_out' }),
      offer('soldout-2', 'soldout', { title: '【尝鲜小箱】徐闻菠萝 3斤装', unit_grams: 1500, price_fen: 1290 }),
    ]),
    event('long', { title: LONG, host_name: '阿卜杜热合曼·买买提艾力（若羌县委副书记、县长）' }, [
      offer('long-1', 'long', { title: LONG, price_fen: 1299900, list_price_fen: 1999900, shipping_fen: 1200, available: 9, allotment: 2000, sold: 1989, reserved: 2 }),
      offer('long-2', 'long', { title: LONG }),
    ]),
    event('soon', { status: 'scheduled', starts_at: iso(52 * MINUTE), started_at: null, pinned_offer_id: null, title: '徐闻菠萝返场：第二茬鲜果' }, [
      offer('soon-1', 'soon', { status: 'scheduled', available: 2000, sold: 0, reserved: 0, opens_at: iso(56 * MINUTE) }),
      offer('soon-2', 'soon', { status: 'scheduled', title: '【尝鲜小箱】徐闻菠萝 3斤装', available: 2000, sold: 0, reserved: 0, price_fen: 1290 }),
    ]),
    event('tomorrow', { status: 'scheduled', starts_at: iso(26 * HOUR), started_at: null, pinned_offer_id: null, title: '玉林百香果，一颗一颗挑', county: YULIN, host_name: '陈秋实（玉州区副区长）' }, [
      offer('tomorrow-1', 'tomorrow', { status: 'scheduled', title: '紫皮百香果 5斤装 单果60克以上', price_fen: 2580, available: 800, sold: 0, reserved: 0 }),
    ]),
    event('quiet', { status: 'scheduled', starts_at: iso(50 * HOUR), started_at: null, pinned_offer_id: null, title: '会理石榴开园' }, []),
    event('ended', { status: 'ended', starts_at: iso(-26 * HOUR), started_at: iso(-26 * HOUR), ended_at: iso(-24 * HOUR), title: '徐闻菠萝第一场' }),
    event('cancelled', { status: 'cancelled', starts_at: iso(30 * HOUR), started_at: null, title: '因雨取消：曲界采摘直播' }),
    event('degraded'),
    event('unpinned', { pinned_offer_id: null }),
  ].map((item) => [item.id, item]),
)

const SHIP = { name: '周小满', phone: '13800138000', province_code: '110000', address: '北京市海淀区田园路 18 号院 3 号楼 502' }
let addresses = [{ id: 'adr_1', ...SHIP, is_default: true }]
const aged = (id, change) => ({
  id, event_id: 'live', offer_id: 'live-1', status: 'reserved', units: 1, price_fen: 1990, shipping_fen: 0, discount_fen: 0, amount_fen: 1990, grams: 3000, coupon_id: null,
  created_at: iso(-MINUTE), pay_by: iso(14 * MINUTE), paid_at: null, closed_at: null, ship_to: SHIP,
  offer_title: '【开场秒杀】徐闻菠萝 6斤装', event_title: '徐闻菠萝：县长请你来菠萝的海', ...change,
})
let orders = [
  aged('ord_1', {}),
  aged('ord_2', { status: 'paid', paid_at: iso(-3 * HOUR), units: 2, discount_fen: 200, amount_fen: 3780, grams: 6000, coupon_id: 'cpn_used' }),
  aged('ord_3', { status: 'shipped', paid_at: iso(-50 * HOUR), offer_title: LONG }),
  aged('ord_4', { status: 'expired', closed_at: iso(-20 * HOUR), pay_by: iso(-20 * HOUR) }),
  aged('ord_5', { status: 'delivered', paid_at: iso(-200 * HOUR) }),
]
const byKey = new Map()
const WAYS = (process.env.WAYS ?? 'sandbox').split(',')
const ACCOUNTS = {
  host: { id: 'acc_host', role: 'host', name: '林知夏' },
  operator: { id: 'acc_op', role: 'operator', name: '运营·周末' },
  viewer: { id: 'acc_viewer', role: 'viewer', name: '周小满' },
  elsewhere: { id: 'acc_elsewhere', role: 'viewer', name: '陈安' },
}
const PROVINCES = [['110000', '北京市', 'Beijing'], ['310000', '上海市', 'Shanghai'], ['440000', '广东省', 'Guangdong'], ['330000', '浙江省', 'Zhejiang'], ['510000', '四川省', 'Sichuan'], ['540000', '西藏自治区', 'Tibet'], ['650000', '新疆维吾尔自治区', 'Xinjiang']]

function sales(item) {
  const minutes = Array.from({ length: 42 }, (_, i) => {
    const rush = 60 * Math.exp(-(((i - 8) / 4) ** 2)) + 90 * Math.exp(-(((i - 27) / 5) ** 2)) + 8
    const orders = Math.round(rush + 5 * Math.sin(i * 3))
    return { at: iso((i - 42) * MINUTE), orders, paid_orders: Math.round(orders * 0.86), units: Math.round(orders * 1.2), amount_fen: orders * 2300 }
  })
  const sum = (pick) => minutes.reduce((total, minute) => total + pick(minute), 0)
  const all = sum((m) => m.orders)
  return {
    event_id: item.id, at: new Date().toISOString(),
    totals: { orders: all, paid_orders: Math.round(all * 0.62), reserved_orders: 108, expired_orders: Math.round(all * 0.25), cancelled_orders: 12, refunded_orders: 1, units_sold: item.offers.reduce((n, o) => n + o.sold, 0), grams_sold: item.offers.reduce((n, o) => n + o.sold * o.unit_grams, 0), discount_fen: 182_500, amount_fen: item.offers.reduce((n, o) => n + o.sold * o.price_fen, 0) },
    offers: item.offers.map((o) => ({ offer_id: o.id, title: o.title, allotment: o.allotment, available: o.available, reserved: o.reserved, sold: o.sold, sell_through: o.sold / o.allotment, units_per_minute: o.status === 'open' ? 38.4 : 0, stock_out_at_earliest: o.status === 'open' ? new Date(Date.now() + 9 * MINUTE).toISOString() : null, stock_out_at_latest: o.status === 'open' ? new Date(Date.now() + 31 * MINUTE).toISOString() : null })),
    minutes, funnel: { views: 71_204_118, unique_viewers: 23_418_902, buyers: 1_650, orders: all, paid_orders: Math.round(all * 0.62) },
    provinces: PROVINCES.map(([province_code], i) => ({ province_code, orders: 400 - i * 52, grams: (400 - i * 52) * 3100, amount_fen: 1 })),
  }
}

const rooms = new Map() // event id → Set of {socket, who}
const numbers = new Map() // event id → n
const told = (id, message, only = () => true) => {
  for (const viewer of rooms.get(id) ?? []) if (only(viewer)) viewer.socket.send(JSON.stringify(message))
}
function tick(id, change) {
  const n = (numbers.get(id) ?? 1) + 1
  numbers.set(id, n)
  told(id, { type: 'tick', n, prev: n - 1, ...change })
}
let feedNo = 0
const entry = (kind, body) => ({ id: `a.${Date.now()}-${feedNo++}`, kind, at: new Date().toISOString(), ...body })
const LINES = ['来了来了', '菠萝看着好甜', '徐闻的菠萝一直很好吃', '县长辛苦了', '这片菠萝地好大，像海一样', '能发到东北吗？', '给爸妈也买一箱', '菠萝炒饭看饿了', '已下单，等收货，第一次在直播间买水果，希望是好的，谢谢主播耐心讲解']
const stats = new Map([...events.keys()].map((id) => [id, { viewers: 12_842, views: 71_204_118, likes: 1_204_530 }]))

setInterval(() => {
  for (const item of events.values()) {
    if (item.status !== 'live') continue
    const due = item.offers.filter((o) => o.status === 'scheduled' && Date.parse(o.opens_at) <= Date.now())
    for (const o of due) o.status = 'open'
    if (due.length) tick(item.id, { offers: due })
  }
}, 200).unref?.()

setInterval(() => {
  for (const [id, item] of events) {
    if (!rooms.get(id)?.size || item.status !== 'live' || mode === 'still') continue
    const stat = stats.get(id)
    Object.assign(stat, { viewers: stat.viewers + Math.round(Math.random() * 9 - 4), views: stat.views + 31, likes: stat.likes + 7 })
    const selling = item.offers.filter((o) => o.status === 'open' && o.available > 3)
    for (const o of selling) Object.assign(o, { available: o.available - 2, reserved: o.reserved + 1, sold: o.sold + 1 })
    const feed = [entry('chat', { name: ['阿安', '晓雨', '子墨', '海燕'][feedNo % 4], role: 'viewer', text: LINES[feedNo % LINES.length] })]
    if (feedNo % 5 === 0) feed.push(entry('orders', { names: ['小*', '海*'], count: 7, offer_id: item.offers[0]?.id }))
    if (feedNo % 11 === 0) feed.push(entry('chat', { name: '林知夏', role: 'host', text: '开抢！每人限两箱，手快有手慢无。' }))
    tick(id, { ...stat, offers: selling.map(({ id: offerId, available, reserved, sold, status }) => ({ id: offerId, available, reserved, sold, status })), feed, feed_id: feed.at(-1).id })
    told(id, { type: 'sales', ...sales(item) }, ({ who }) => who && who.role !== 'viewer')
  }
}, 700).unref?.()

const fail = (status, code, fields) => {
  throw new Refusal(status, code, fields)
}
const coupons = fakeCoupons({ events, long: LONG, tick, entry, fail })
const giveaways = fakeGiveaways({ long: LONG, fail })

class Refusal extends Error {
  constructor(status, code, fields) {
    super(code)
    Object.assign(this, { status, code, fields })
  }
}
const who = (request) =>
  ACCOUNTS[request.headers.authorization ? 'elsewhere' : /fake=(\w+)/.exec(request.headers.cookie ?? '')?.[1]] ?? null

/** Move units of an offer between available, reserved and sold, and tell the room. */
function move(target, units, from, to) {
  target[from] -= units
  target[to] += units
  const { id, available, reserved, sold, status } = target
  tick(target.event_id, { offers: [{ id, available, reserved, sold, status }] })
  told(target.event_id, { type: 'sales', ...sales(events.get(target.event_id)) }, ({ who: viewer }) => viewer && viewer.role !== 'viewer')
}

const follows = new Set(['acc_host'])
const reminders = new Set(['tomorrow', 'soon'])
const hostOf = (id) => ({ id, name: '林知夏（徐闻县县长）', followers: 128_400 + follows.size, is_followed: follows.has(id) })
const brief = ({ id, title, status, starts_at }) => ({ id, title, status, starts_at })
const reminder = (id) => {
  const { title, status, host_name, starts_at } = events.get(id)
  const remind_at = new Date(Date.parse(starts_at) - HOUR).toISOString()
  return { event_id: id, event_title: title, event_status: status, host_name, starts_at, remind_at, sent_at: null }
}

async function answer(request, path, query, body) {
  const method = request.method
  const me = who(request)
  const need = () => me ?? fail(401, 'unauthenticated')
  if (path === '/fake') {
    mode = body.mode
    if (mode === 'still') [addresses, orders] = [[], []]
    return [200, { mode }]
  }
  if (mode === 'failing') fail(503, 'unavailable')
  const find = (id) => events.get(id) ?? fail(404, 'event_not_found')
  const offerOf = (id) => [...events.values()].flatMap((e) => e.offers).find((o) => o.id === id) ?? fail(404, 'not_found')
  const route = `${method} ${path}`
  const ofCoupons = coupons.answer(route, query, body, need, mode)
  if (ofCoupons) return ofCoupons
  const ofGiveaways = giveaways.answer(route, body, me, mode)
  if (ofGiveaways) return ofGiveaways
  let match
  if (route === 'GET /api/me') return [200, need()]
  if (route === 'PATCH /api/me') return [200, Object.assign(need(), body)]
  if (route === 'POST /api/auth/codes') return [202, undefined]
  if (route === 'POST /api/auth/sessions') {
    if (body.code !== '000000') fail(422, 'wrong_code')
    const role = { 13800000001: 'host', 13800000002: 'operator' }[body.phone] ?? 'viewer'
    return [201, { token: 't', account: ACCOUNTS[role] }, { 'Set-Cookie': `fake=${role}; Path=/; HttpOnly; SameSite=Lax` }]
  }
  if (route === 'DELETE /api/auth/sessions') return [204, undefined, { 'Set-Cookie': 'fake=; Path=/; Max-Age=0' }]
  if ((match = /^(GET|PUT|DELETE) \/api\/hosts\/([^/]+)(\/follow)?$/.exec(route))) {
    if (match[1] === 'PUT') need(), follows.add(match[2])
    if (match[1] === 'DELETE') follows.delete(match[2])
    return [200, hostOf(match[2])]
  }
  if (route === 'GET /api/follows') return [200, { items: mode === 'empty' ? [] : [...follows].map((id) => ({ ...hostOf(id), followed_at: iso(-HOUR), event: brief(events.get('soon')) })), next: null }]
  if (route === 'GET /api/reminders') return need(), [200, { items: mode === 'empty' ? [] : [...reminders].map(reminder), next: null }]
  if ((match = /^(PUT|DELETE) \/api\/events\/([^/]+)\/reminder$/.exec(route))) {
    need()
    if (match[1] === 'DELETE') return reminders.delete(match[2]), [204]
    reminders.add(match[2])
    return [200, reminder(match[2])]
  }
  if (route === 'GET /api/provinces') return [200, { items: PROVINCES.map(([code, name, name_en]) => ({ code, name, name_en })), next: null }]
  if (route === 'GET /api/counties') return [200, { items: [COUNTY, YULIN], next: null }]
  if (route === 'GET /api/addresses') return [200, { items: mode === 'empty' ? [] : addresses, next: null }]
  if (route === 'POST /api/addresses') {
    const made = { id: `adr_${addresses.length + 1}`, ...body }
    addresses = [made, ...addresses]
    if (mode === 'empty') mode = 'normal'
    return [201, made]
  }
  if ((match = /^DELETE \/api\/addresses\/(.+)$/.exec(route))) return (addresses = addresses.filter((a) => a.id !== match[1])), [204]
  if (route === 'GET /api/events') return [200, { items: mode === 'empty' ? [] : [...events.values()], next: null }]
  if (route === 'POST /api/events') {
    const made = event(`new${events.size}`, { ...body, status: 'scheduled', started_at: null, county: COUNTY, pinned_offer_id: null }, [])
    events.set(made.id, made)
    stats.set(made.id, { viewers: 1, views: 1, likes: 0 })
    return [201, made]
  }
  if ((match = /^GET \/api\/events\/([^/]+)$/.exec(route))) return [200, find(match[1])]
  if ((match = /^GET \/api\/events\/([^/]+)\/sales$/.exec(route))) return [200, sales(find(match[1]))]
  if ((match = /^POST \/api\/events\/([^/]+)\/(start|end|cancel)$/.exec(route))) {
    const item = find(match[1])
    Object.assign(item, { start: { status: 'live', started_at: new Date().toISOString() }, end: { status: 'ended' }, cancel: { status: 'cancelled' } }[match[2]])
    tick(item.id, { event: { ...item, offers: undefined } })
    return [200, item]
  }
  if ((match = /^POST \/api\/events\/([^/]+)\/offers$/.exec(route))) {
    const item = find(match[1])
    const made = offer(`${item.id}-${item.offers.length + 1}`, item.id, { ...body, available: body.allotment, reserved: 0, sold: 0, status: 'draft' })
    item.offers.push(made)
    tick(item.id, { offers: [made] })
    return [201, made]
  }
  if ((match = /^POST \/api\/offers\/([^/]+)\/(open|close|pin|unpin)$/.exec(route))) {
    const target = offerOf(match[1])
    const item = find(target.event_id)
    if (match[2] === 'open') target.status = Date.parse(target.opens_at) > Date.now() ? 'scheduled' : 'open'
    if (match[2] === 'close') target.status = 'closed'
    if (match[2] === 'pin') item.pinned_offer_id = target.id
    if (match[2] === 'unpin') item.pinned_offer_id = null
    tick(item.id, { event: { ...item, offers: undefined }, offers: [target] })
    return [200, target]
  }
  if ((match = /^PATCH \/api\/offers\/([^/]+)$/.exec(route))) {
    const target = offerOf(match[1])
    if (body.allotment < target.sold + target.reserved) fail(409, 'below_committed')
    if (body.allotment) target.available += body.allotment - target.allotment
    Object.assign(target, body)
    if (target.status === 'scheduled' && !(Date.parse(target.opens_at) > Date.now())) target.status = 'open'
    tick(target.event_id, { offers: [target] })
    return [200, target]
  }
  if ((match = /^POST \/api\/offers\/([^/]+)\/orders$/.exec(route))) {
    need()
    const key = request.headers['idempotency-key'] ?? fail(428, 'idempotency_key_required')
    if (byKey.has(key)) return [200, byKey.get(key)]
    const target = offerOf(match[1])
    if (target.available < body.units) fail(409, 'sold_out')
    const orderId = `ord_${orders.length + 1}`
    const goodsFen = target.price_fen * body.units
    const paid = coupons.use(body.coupon_id, target.event_id, goodsFen, orderId)
    const made = aged(orderId, { ...paid, offer_id: target.id, event_id: target.event_id, units: body.units, shipping_fen: target.shipping_fen, amount_fen: goodsFen + target.shipping_fen - paid.discount_fen, grams: target.unit_grams * body.units, offer_title: target.title, pay_by: new Date(Date.now() + 15 * MINUTE).toISOString(), created_at: new Date().toISOString() })
    byKey.set(key, made)
    move(target, body.units, 'available', 'reserved')
    if (me.role === 'viewer' && me !== ACCOUNTS.elsewhere) orders = [made, ...orders]
    return [201, made]
  }
  if (route === 'GET /api/payments/providers') return [200, { items: WAYS.map((name) => ({ name })), next: null }]
  if (route === 'GET /api/orders') return need(), [200, { items: mode === 'empty' ? [] : orders, next: null }]
  if ((match = /^GET \/api\/orders\/([^/]+)$/.exec(route))) return [200, orders.find((o) => o.id === match[1]) ?? fail(404, 'not_found')]
  if ((match = /^POST \/api\/orders\/([^/]+)\/(payment|cancel)$/.exec(route))) {
    const target = orders.find((o) => o.id === match[1])
    if (match[2] === 'cancel') {
      move(offerOf(target.offer_id), target.units, 'reserved', 'available')
      coupons.free(target.coupon_id)
      return [200, Object.assign(target, { status: 'cancelled', closed_at: new Date().toISOString() })]
    }
    const action = { wechat_native: { type: 'qr', text: 'weixin://wxpay/bizpayurl?pr=NwY5Mz9' } }[body.provider] ?? { type: 'none' }
    setTimeout(() => {
      Object.assign(target, { status: 'paid', paid_at: new Date().toISOString() })
      move(offerOf(target.offer_id), target.units, 'reserved', 'sold')
      told(target.event_id, { type: 'notice', kind: 'order', order_id: target.id, status: 'paid' }, (v) => v.who)
    }, action.type === 'qr' ? 8000 : 1200)
    return [201, { id: 'pay_1', order_id: target.id, provider: body.provider, amount_fen: target.amount_fen, status: 'started', action }]
  }
  return fail(404, 'not_found')
}

const server = createServer(async (request, response) => {
  const { pathname: path, searchParams: query } = new URL(request.url, 'http://x')
  if (!path.startsWith('/api/') && path !== '/fake') {
    const file = join(STATIC, normalize(path))
    const found = existsSync(file) && statSync(file).isFile() ? file : join(STATIC, 'index.html')
    response.writeHead(200, { 'Content-Type': TYPES[extname(found)] ?? 'application/octet-stream' })
    createReadStream(found).pipe(response)
    return
  }
  let text = ''
  for await (const chunk of request) text += chunk
  try {
    const [status, payload, headers = {}] = await answer(request, path, query, text ? JSON.parse(text) : {})
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
    response.end(payload === undefined ? '' : JSON.stringify(payload))
  } catch (error) {
    const status = error.status ?? 500
    response.writeHead(status, { 'Content-Type': 'application/problem+json' })
    response.end(JSON.stringify({ type: 'about:blank', status, title: '', code: error.code ?? 'internal', detail: error.stack }))
  }
})

const sockets = new WebSocketServer({ noServer: true })
server.on('upgrade', (request, socket, head) => {
  const id = /\/api\/events\/([^/]+)\/room/.exec(request.url)?.[1]
  if (!events.has(id) || mode === 'failing') return socket.destroy()
  sockets.handleUpgrade(request, socket, head, (ws) => {
    const viewer = { socket: ws, who: who(request) }
    rooms.set(id, (rooms.get(id) ?? new Set()).add(viewer))
    const item = events.get(id)
    const snapshot = () => {
      const feed = LINES.slice(0, 4).map((text, i) => entry('chat', { name: ['阿安', '晓雨', '子墨', '海燕'][i], role: 'viewer', text }))
      numbers.set(id, numbers.get(id) ?? 1)
      ws.send(JSON.stringify({ type: 'snapshot', at: new Date().toISOString(), n: numbers.get(id), ...stats.get(id), event: { ...item, offers: undefined }, offers: item.offers, queue: [], chat: [{ id: 'chat', interval_seconds: 1 }], giveaway: [], coupon_drop: coupons.shown(id), retracted: [], feed: item.status === 'live' ? feed : [], feed_id: `a.${Date.now()}-0`, gap: false, degraded: id === 'degraded', reconnect_seconds: 5 }))
    }
    snapshot()
    ws.on('close', () => rooms.get(id).delete(viewer))
    ws.on('message', (text) => {
      const { type, ref, ...body } = JSON.parse(text)
      if (type === 'resync') return snapshot()
      if (type === 'chat') {
        const said = entry('chat', { name: viewer.who?.name ?? '?', role: viewer.who?.role, text: body.text })
        tick(id, { feed: [said], feed_id: said.id })
      }
      if (type === 'like') stats.get(id).likes += body.count
      ws.send(JSON.stringify({ type: 'ack', ref }))
    })
  })
})
server.listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}`))
