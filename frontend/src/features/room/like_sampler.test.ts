import { expect, it } from 'vitest'
import { LikeSampler, OTHERS_PER_SECOND_MAX } from './like_sampler'

it('what was there before one came is no news', () => {
  const sampler = new LikeSampler()
  expect(sampler.counted(0, 0)).toBe(0)
  expect(sampler.counted(1_204_530, 500)).toBe(0)
  expect(sampler.counted(1_204_531, 1_000)).toBe(1)
})

it("one's own taps are not taken for those of others", () => {
  const sampler = new LikeSampler()
  sampler.counted(100, 0)
  for (let n = 0; n < 3; n += 1) sampler.tapped()
  expect(sampler.counted(102, 500)).toBe(0)
  expect(sampler.counted(104, 1_000)).toBe(1)
})

it('a crowd raises a few a second and no more', () => {
  const sampler = new LikeSampler()
  sampler.counted(1_000, 0)
  let hearts = 0
  for (let ms = 500; ms <= 10_000; ms += 500) hearts += sampler.counted(1_000 + ms * 10, ms)
  expect(hearts).toBe(10 * OTHERS_PER_SECOND_MAX)
})

it('a count that falls, after a loss, raises nothing', () => {
  const sampler = new LikeSampler()
  sampler.counted(1_000, 0)
  expect(sampler.counted(900, 500)).toBe(0)
  expect(sampler.counted(901, 1_000)).toBe(1)
})
