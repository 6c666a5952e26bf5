/**
 * The fake server's coupons. Drops stand in the rooms `live` (open), `soldout` (gone), `degraded` (ended)
 * and `long` (long words, large sums); claims in `live` go on by themselves.
 */
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** @param tick (event id, change) → told to the room. @param entry (kind, body) → a feed entry. */
export function fakeCoupons({ events, long, tick, entry, fail }) {
  const after = (ms) => new Date(Date.now() + ms).toISOString()
  const drop = (id, event_id, change) => ({
    id, event_id, title: '直播间优惠券', off_fen: 500, min_spend_fen: 5000, quantity: 100, claimed: 63, status: 'open',
    opened_at: after(0), claim_until: after(5 * MINUTE), use_until: after(4 * HOUR), ...change,
  })
  const drops = [
    drop('cpd_live', 'live', {}),
    drop('cpd_gone', 'soldout', { claimed: 99, quantity: 100 }),
    drop('cpd_ended', 'degraded', { claim_until: after(20_000) }),
    drop('cpd_long', 'long', { title: long, off_fen: 123_456, min_spend_fen: 1_234_567, quantity: 100_000, claimed: 12_345, claim_until: after(3 * HOUR) }),
  ]
  const coupon = (id, of, change) => ({
    id, drop_id: of.id, event_id: of.event_id, event_title: events.get(of.event_id).title, title: of.title, off_fen: of.off_fen,
    min_spend_fen: of.min_spend_fen, use_until: of.use_until, status: 'usable', order_id: null, claimed_at: after(0), ...change,
  })
  const LAST = drop('cpd_last', 'live', { title: '开场券', off_fen: 200, min_spend_fen: 1500 })
  const mine = [
    coupon('cpn_last', LAST),
    coupon('cpn_used', { ...LAST, id: 'cpd_used' }, { status: 'used', order_id: 'ord_2' }),
    coupon('cpn_old', { ...LAST, id: 'cpd_old', title: long, event_id: 'long' }, { status: 'expired', use_until: after(-26 * HOUR) }),
  ]

  const latest = (eventId) => drops.findLast(({ event_id }) => event_id === eventId)
  const item = ({ id, event_id: _, ...rest }) => ({ ...rest, id: 'coupon_drop', drop_id: id })
  const shown = (eventId) => (latest(eventId) ? [item(latest(eventId))] : [])
  const tell = (of, ...feed) => tick(of.event_id, { coupon_drop: [item(of)], ...(feed.length && { feed, feed_id: feed.at(-1).id }) })

  function take(of) {
    of.claimed += 1
    if (of.claimed < of.quantity) return tell(of)
    of.status = 'gone'
    tell(of, entry('coupons_gone', { drop_id: of.id, title: of.title, quantity: of.quantity }))
  }
  setInterval(() => {
    const [live] = shown('live')
    if (live?.status === 'open' && live.claimed < live.quantity - 20) take(latest('live'))
  }, 3000).unref()

  function answer(route, query, body, need, mode) {
    let match
    if (route === 'GET /api/coupons') {
      const isOwner = need().id === 'acc_viewer'
      const of = query.get('event_id')
      return [200, { items: mode === 'empty' || !isOwner ? [] : mine.filter(({ event_id }) => of === null || event_id === of), next: null }]
    }
    if ((match = /^POST \/api\/events\/([^/]+)\/coupon-drops$/.exec(route))) {
      need()
      if (latest(match[1])?.status === 'open') fail(409, 'drop_running')
      const { claim_seconds, use_seconds, ...terms } = body
      const made = drop(`cpd_${drops.length}`, match[1], { ...terms, claimed: 0, claim_until: after(claim_seconds * 1000), use_until: after(use_seconds * 1000) })
      drops.push(made)
      const { id: drop_id, title, off_fen, min_spend_fen, quantity } = made
      tell(made, entry('coupon_drop_opened', { drop_id, title, off_fen, min_spend_fen, quantity }))
      return [201, made]
    }
    if ((match = /^POST \/api\/coupon-drops\/([^/]+)\/(end|coupons)$/.exec(route))) {
      const me = need()
      const of = drops.find(({ id }) => id === match[1]) ?? fail(404, 'not_found')
      if (match[2] === 'end') {
        of.status = 'ended'
        tell(of)
        return [200, of]
      }
      const known = me.id === 'acc_viewer' && mine.find(({ drop_id }) => drop_id === of.id)
      if (known) return [200, known]
      if (me.role !== 'viewer') fail(409, 'own_drop')
      if (of.claimed >= of.quantity) fail(409, 'coupons_gone')
      if (of.status !== 'open' || Date.parse(of.claim_until) <= Date.now()) fail(409, 'drop_ended')
      const made = coupon(`cpn_${of.id}`, of)
      mine.unshift(made)
      take(of)
      return [201, made]
    }
    return null
  }

  /** What the coupon takes off an order; refuses one that may not be used. */
  function use(couponId, eventId, goodsFen, orderId) {
    if (!couponId) return { coupon_id: null, discount_fen: 0 }
    const used = mine.find(({ id, event_id }) => id === couponId && event_id === eventId) ?? fail(404, 'coupon_not_found')
    if (used.status === 'used') fail(409, 'coupon_used')
    if (used.status === 'expired') fail(409, 'coupon_expired')
    if (goodsFen < used.min_spend_fen) fail(409, 'coupon_min_spend')
    Object.assign(used, { status: 'used', order_id: orderId })
    return { coupon_id: used.id, discount_fen: used.off_fen }
  }

  /** An order that uses it no more leaves it to the next. */
  function free(couponId) {
    const freed = mine.find(({ id }) => id === couponId)
    if (freed) Object.assign(freed, { status: 'usable', order_id: null })
  }

  return { shown, answer, use, free }
}
