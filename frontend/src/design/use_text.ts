/** Words and formats in the reader's language, for components. */

import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import * as format from './format'

export function useText() {
  const i18n = useI18n({ useScope: 'global' })
  const locale: ComputedRef<format.LocaleName> = computed(() => (i18n.locale.value === 'en' ? 'en' : 'zh-CN'))
  return {
    t: i18n.t,
    te: i18n.te,
    locale,
    yuan: format.yuan,
    bareYuan: format.bareYuan,
    percent: format.percent,
    countdown: format.countdown,
    elapsed: format.elapsed,
    kilograms: format.kilograms,
    grouped: format.grouped,
    yuanShort: (fen: number) => format.yuanShort(fen, locale.value),
    netWeight: (grams: number) => format.netWeight(grams, locale.value),
    jin: (grams: number) => format.jin(grams, locale.value),
    jinShort: (grams: number) => format.jinShort(grams, locale.value),
    count: (value: number) => format.count(value, locale.value),
    clockTime: (at: string | number) => format.clockTime(at, locale.value),
    day: (at: string | number, nowMs: number) => format.day(at, nowMs, locale.value),
    dayAndTime: (at: string | number, nowMs: number) => format.dayAndTime(at, nowMs, locale.value),
  }
}
