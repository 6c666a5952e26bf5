import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, type Component } from 'vue'
import { createI18n } from 'vue-i18n'
import LazySheetState from './components/LazySheetState.vue'
import { lazySheet } from './lazy_sheet'
import design from './locales/zh-CN.json'

const Sheet = defineComponent({
  props: { open: Boolean, title: { type: String, required: true } },
  emits: ['done'],
  setup: (props, { slots, emit }) => () =>
    h('section', { onClick: () => emit('done', 7) }, [`${props.title} ${props.open ? 'open' : 'closed'}`, slots.default?.()]),
})

function sheet(load: () => Promise<{ default: Component }>, open = false, onDone = vi.fn()): VueWrapper {
  const i18n = createI18n({ legacy: false, locale: 'zh-CN', messages: { 'zh-CN': design as never } })
  return mount(lazySheet(load), {
    props: { open, title: '下单', onDone } as never,
    slots: { default: () => 'inside' },
    global: { plugins: [i18n as never], stubs: { teleport: true } },
  })
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
  await flushPromises()
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a sheet that comes later', () => {
  it('is fetched by itself when its page is idle, once, and then is the sheet', async () => {
    const load = vi.fn(async () => ({ default: Sheet }))
    const onDone = vi.fn()
    const shown = sheet(load, false, onDone)
    expect(load).not.toHaveBeenCalled()
    await pass(2_000)
    expect(shown.text()).toBe('下单 closedinside')
    await shown.setProps({ open: true } as never)
    expect(shown.text()).toBe('下单 openinside')
    await shown.find('section').trigger('click')
    expect(onDone).toHaveBeenCalledExactlyOnceWith(7)
    expect(load).toHaveBeenCalledOnce()
  })

  it('is fetched by a tap at once, and says so only where that takes a while', async () => {
    let arrive!: (module: { default: Component }) => void
    const load = (): Promise<{ default: Component }> => new Promise((resolve) => (arrive = resolve))
    const shown = sheet(load, true)
    await pass(100)
    expect(shown.findComponent(LazySheetState).exists()).toBe(false)
    await pass(200)
    expect(shown.findComponent(LazySheetState).text()).toContain('加载中')
    arrive({ default: Sheet })
    await pass(0)
    expect(shown.text()).toBe('下单 openinside')
  })

  it('says that it failed to whoever waits for it, and can be tried again', async () => {
    const load = vi.fn<() => Promise<{ default: Component }>>().mockRejectedValue(new TypeError('no network'))
    const shown = sheet(load)
    await pass(2_000)
    expect(shown.text()).toBe('')
    await shown.setProps({ open: true } as never)
    await pass(300)
    const state = shown.findComponent(LazySheetState)
    expect(state.text()).toContain('请重试，或刷新页面')
    load.mockResolvedValue({ default: Sheet })
    state.vm.$emit('retry')
    await pass(0)
    expect(shown.text()).toBe('下单 openinside')
    expect(load).toHaveBeenCalledTimes(3)
  })

  it('can be put away while it is waited for', async () => {
    const shown = sheet(() => new Promise(() => undefined), true)
    await pass(300)
    shown.findComponent(LazySheetState).vm.$emit('update:open', false)
    expect(shown.emitted('update:open')).toEqual([[false]])
    await shown.setProps({ open: false } as never)
    expect(shown.findComponent(LazySheetState).exists()).toBe(false)
  })
})
