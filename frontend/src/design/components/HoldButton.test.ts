import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import HoldButton from './HoldButton.vue'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('acts after 600 ms, once', async () => {
  const button = mount(HoldButton)
  await button.trigger('pointerdown')
  vi.advanceTimersByTime(599)
  expect(button.emitted('held')).toBeUndefined()
  vi.advanceTimersByTime(2_000)
  expect(button.emitted('held')).toHaveLength(1)
})

it.each(['pointerup', 'pointerleave', 'pointercancel', 'blur'])('does nothing when let go (%s)', async (end) => {
  const button = mount(HoldButton)
  await button.trigger('pointerdown')
  vi.advanceTimersByTime(500)
  await button.trigger(end)
  vi.advanceTimersByTime(2_000)
  expect(button.emitted('held')).toBeUndefined()
})

it('can be held with the keyboard, whose repeats start nothing anew', async () => {
  const button = mount(HoldButton)
  await button.trigger('keydown', { key: 'Enter' })
  vi.advanceTimersByTime(300)
  await button.trigger('keydown', { key: 'Enter', repeat: true })
  vi.advanceTimersByTime(300)
  expect(button.emitted('held')).toHaveLength(1)
})

it('does nothing while it is busy', async () => {
  const button = mount(HoldButton, { props: { busy: true } })
  await button.trigger('pointerdown')
  vi.advanceTimersByTime(2_000)
  expect(button.emitted('held')).toBeUndefined()
})
