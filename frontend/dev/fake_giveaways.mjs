/** The fake server's drawn giveaways, as an operator sees them: two in the room `live`, one with long words in `long`. */
const MINUTE = 60_000

export function fakeGiveaways({ long, fail }) {
  const before = (ms) => new Date(Date.now() - ms).toISOString()
  const giveaway = (id, event_id, change) => ({
    id, event_id, title: '开场福袋', prize: '徐闻菠萝 6斤装 一箱', winners_count: 3, status: 'drawn', entries: 1288, reason: '',
    opened_at: before(30 * MINUTE), closes_at: before(27 * MINUTE), drawn_at: before(27 * MINUTE),
    commitment: '7152f995', entries_digest: '4636f4a6', seed: '0f0f', winners: [], ...change,
  })
  const giveaways = [
    giveaway('gvw_late', 'live', { title: '整点福袋', prize: '海鸭蛋 20枚', winners_count: 1, drawn_at: before(4 * MINUTE) }),
    giveaway('gvw_off', 'live', { status: 'cancelled', drawn_at: null, reason: '下雨' }),
    giveaway('gvw_first', 'live'),
    giveaway('gvw_long', 'long', { title: long, prize: long }),
    giveaway('gvw_nobody', 'long'),
  ]
  const winner = (place, name, phone, ship_to = null) => ({ place, entry_id: `ent_${place}`, name, phone, ship_to, carrier: null, tracking_number: null, shipped_at: null })
  const winners = {
    gvw_late: [winner(1, '陈安', '13912340001')],
    gvw_first: [
      winner(1, '周小满', '13800138000', { name: '周小满', phone: '13800138000', province_code: '110000', address: '海淀区田园路 18 号院 3 号楼 502' }),
      winner(2, '黄海燕', '13912340002', { name: '黄大伯', phone: '13912340003', province_code: '440000', address: '广州市天河区体育西路 1 号' }),
      winner(3, '李子墨', '13912340004'),
    ],
    gvw_long: [winner(1, '阿卜杜热合曼·买买提艾力', '13912340005', { name: '阿卜杜热合曼·买买提艾力', phone: '13912340005', province_code: '650000', address: long + long })],
    gvw_nobody: [],
  }

  winners.gvw_first[0] = { ...winners.gvw_first[0], carrier: '顺丰速运', tracking_number: 'SF1234567890', shipped_at: before(MINUTE) }

  /** @returns the answer, or undefined where the route is none of its own. */
  function answer(route, body, me, mode) {
    let match
    if ((match = /^GET \/api\/events\/([^/]+)\/giveaways$/.exec(route))) {
      return [200, { items: mode === 'empty' ? [] : giveaways.filter(({ event_id }) => event_id === match[1]), next: null }]
    }
    if ((match = /^GET \/api\/giveaways\/([^/]+)\/winners$/.exec(route))) {
      if (me?.role !== 'operator') fail(403, 'forbidden')
      return [200, { items: winners[match[1]] ?? fail(404, 'not_found'), next: null }]
    }
    if ((match = /^POST \/api\/giveaways\/([^/]+)\/winners\/(\d+)\/ship$/.exec(route))) {
      const winner = winners[match[1]]?.find(({ place }) => place === Number(match[2])) ?? fail(404, 'not_found')
      return [200, Object.assign(winner, body, { shipped_at: before(0) })]
    }
  }
  return { answer }
}
