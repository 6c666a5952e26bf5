import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, shallowRef, type EffectScope } from 'vue'
import { aGiveaway } from '@/protocol/samples'
import type { GiveawayShown } from '@/protocol/types'
import { useWinners } from './use_winners'

const SHIP_TO = { name: '王小明', phone: '13812345678', province_code: '440000', address: '广州市天河区体育西路 1 号' }

let answers: Record<string, unknown>
let scope: EffectScope
let shown: ReturnType<typeof shallowRef<GiveawayShown | null>>

const giveaway = (id: string, status = 'drawn'): object => ({ ...aGiveaway(), id, status })
const page = (items: object[], next: string | null = null): object => ({ items, next })
const winner = (place: number, ship_to: object | null = null): object => ({ place, entry_id: `ent_${place}`, ship_to })

async function watched(): Promise<ReturnType<typeof useWinners>> {
  shown = shallowRef<GiveawayShown | null>(null)
  const winners = scope.run(() => useWinners('evt_1', { giveaway: shown as never }))!
  await flushPromises()
  return winners
}

beforeEach(() => {
  scope = effectScope()
  answers = {
    '/api/events/evt_1/giveaways': page([giveaway('gvw_3', 'open'), giveaway('gvw_2')], 'more'),
    '/api/events/evt_1/giveaways?cursor=more': page([giveaway('gvw_1'), giveaway('gvw_0', 'cancelled')]),
    '/api/giveaways/gvw_2/winners': page([winner(1)]),
    '/api/giveaways/gvw_1/winners': page([winner(1, SHIP_TO), winner(2)]),
    '/api/giveaways/gvw_3/winners': page([winner(1)]),
  }
  vi.stubGlobal('fetch', async (path: string) =>
    answers[path] === undefined
      ? new Response('{"code":"unavailable"}', { status: 503 })
      : new Response(JSON.stringify(answers[path])),
  )
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
})

it('reads every drawn giveaway, page by page, and who has given no address', async () => {
  const { drawn, count, withoutAddress, problem } = await watched()
  expect(drawn.value?.map(({ giveaway: { id }, winners }) => [id, winners.length])).toEqual([['gvw_2', 1], ['gvw_1', 2]])
  expect([count.value, withoutAddress.value]).toEqual([3, 2])
  expect(problem.value).toBeNull()
})

it('asks again when the room tells of a draw, but not of one that it knows', async () => {
  const { drawn, isLoading } = await watched()
  shown.value = aGiveaway({ giveaway_id: 'gvw_2', status: 'drawn' })
  await Promise.resolve()
  expect(isLoading.value).toBe(false)

  answers['/api/events/evt_1/giveaways'] = page([giveaway('gvw_3'), giveaway('gvw_2')])
  shown.value = aGiveaway({ giveaway_id: 'gvw_3', status: 'drawn' })
  await flushPromises()
  expect(drawn.value?.map(({ giveaway: { id } }) => id)).toEqual(['gvw_3', 'gvw_2'])
})

it('keeps what it has where reading fails, says so, and reads again', async () => {
  const { drawn, problem, load } = await watched()
  const before = answers['/api/giveaways/gvw_1/winners']
  delete answers['/api/giveaways/gvw_1/winners']
  await load()
  expect(problem.value).toMatchObject({ code: 'unavailable' })
  expect(drawn.value).toHaveLength(2)

  answers['/api/giveaways/gvw_1/winners'] = before
  await load()
  expect(problem.value).toBeNull()
})
