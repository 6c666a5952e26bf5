import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  vi.resetModules()
})
afterEach(() => vi.useRealTimers())

it("is the server's and not the phone's", async () => {
  const { observeServerTime, serverNowMs } = await import('./server_clock')
  observeServerTime(5_000_000, 0)
  vi.advanceTimersByTime(250)
  expect(serverNowMs()).toBe(5_000_250)
})

it('is not made worse by a coarser word', async () => {
  const { observeServerTime, serverNowMs } = await import('./server_clock')
  observeServerTime(5_000_000, 1)
  observeServerTime(9_000_000, 1_000)
  observeServerTime(Number.NaN, 0)
  expect(serverNowMs()).toBeCloseTo(5_000_000, -1)
})

it('beats on its whole seconds, for as long as anybody looks', async () => {
  const { observeServerTime, useServerNow } = await import('./server_clock')
  observeServerTime(5_000_300, 0)
  const scope = effectScope()
  const now = scope.run(useServerNow)!
  expect(now.value).toBe(5_000_300)
  vi.advanceTimersByTime(699)
  expect(now.value).toBe(5_000_300)
  vi.advanceTimersByTime(1)
  expect(now.value).toBe(5_001_000)
  vi.advanceTimersByTime(2_000)
  expect(now.value).toBe(5_003_000)
  scope.stop()
  expect(vi.getTimerCount()).toBe(0)
})
