/** Money, weight, counts and times as people read them. Pure; the system's own units stay integer. */

export type LocaleName = 'zh-CN' | 'en'

const FEN_PER_YUAN = 100
const GRAMS_PER_JIN = 500
const GRAMS_PER_KG = 1000
const MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** `¥19.90`, `¥1,990.00`. */
export function yuan(fen: number): string {
  const sign = fen < 0 ? '−' : ''
  const whole = Math.abs(fen)
  const rest = String(whole % FEN_PER_YUAN).padStart(2, '0')
  return `${sign}¥${grouped(Math.floor(whole / FEN_PER_YUAN))}.${rest}`
}

/** The number alone, and no fen where there are none: `50`, `5.50`, `1,299`. For words that name the yuan. */
export function bareYuan(fen: number): string {
  return yuan(fen).replace('¥', '').replace(/\.00$/, '')
}

/** For large sums, where nobody counts fen: `¥59.7万`, `¥597K`. */
export function yuanShort(fen: number, locale: LocaleName): string {
  return `¥${count(Math.round(fen / FEN_PER_YUAN), locale)}`
}

/** Net weight the way a label gives it, jin beside kilograms: `3kg（6斤）`, `3 kg (6 jin)`. */
export function netWeight(grams: number, locale: LocaleName): string {
  return locale === 'en' ? `${kilograms(grams)} (${jin(grams, locale)})` : `${kilograms(grams)}（${jin(grams, locale)}）`
}

/** `3kg`, `2.5kg`, `250g`. */
export function kilograms(grams: number): string {
  return grams < GRAMS_PER_KG ? `${grams} g` : `${trimmed(grams / GRAMS_PER_KG, 2)} kg`
}

/** `6斤`, `6 jin`; at most one decimal. */
export function jin(grams: number, locale: LocaleName): string {
  const number = trimmed(grams / GRAMS_PER_JIN, 1)
  return locale === 'en' ? `${number} jin` : `${number}斤`
}

/** Large weights: `30万斤`, `300K jin`. */
export function jinShort(grams: number, locale: LocaleName): string {
  const number = count(Math.floor(grams / GRAMS_PER_JIN), locale)
  return locale === 'en' ? `${number} jin` : `${number}斤`
}

/** Counts of people: exact while they are small, `1.2万` / `12K` beyond. Cut, never rounded up. */
export function count(value: number, locale: LocaleName): string {
  if (value < 10_000) return grouped(value)
  const scales: [number, string][] =
    locale === 'en'
      ? [[1e9, 'B'], [1e6, 'M'], [1e3, 'K']]
      : [[1e8, '亿'], [1e4, '万']]
  for (const [size, unit] of scales) {
    if (value >= size) return cut(value / size) + unit
  }
  return grouped(value)
}

/** A share as whole percent, but neither 0 nor 100 before it is. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1%'
  if (share < 1 && share > 0.99) return '99%'
  return `${Math.round(share * 100)}%`
}

export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** Time left: `14:32`, `1:02:03`; days are not counted in seconds and are left to `dayAndTime`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / MS.second))
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'))
  const hours = Math.floor(seconds / 3600)
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':')
}

/** Time passed, the same way but cut rather than raised to the next second. */
export function elapsed(ms: number): string {
  return countdown(Math.floor(Math.max(0, ms) / MS.second) * MS.second)
}

/** `10:05` in the reader's own zone. */
export function clockTime(at: string | number, locale: LocaleName): string {
  return formatter(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at))
}

/** `今天`, `明天`, `2月19日 周三`; `today`, `Wed, 19 Feb`. */
export function day(at: string | number, nowMs: number, locale: LocaleName): string {
  const distance = Math.round((startOfDay(new Date(at)) - startOfDay(new Date(nowMs))) / MS.day)
  if (Math.abs(distance) <= 1) {
    const word = new Intl.RelativeTimeFormat(tag(locale), { numeric: 'auto' }).format(distance, 'day')
    return locale === 'en' ? word.charAt(0).toUpperCase() + word.slice(1) : word
  }
  return formatter(locale, { month: locale === 'en' ? 'short' : 'long', day: 'numeric', weekday: 'short' }).format(
    new Date(at),
  )
}

export function dayAndTime(at: string | number, nowMs: number, locale: LocaleName): string {
  return `${day(at, nowMs, locale)} ${clockTime(at, locale)}`
}

/** As an `<input type="datetime-local">` wants it, in the reader's own zone: `2020-02-19T10:05`. */
export function localMinute(at: string | number): string {
  const date = new Date(at)
  const two = (part: number): string => String(part).padStart(2, '0')
  const dayPart = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${dayPart}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** A day's own name for grouping, in the reader's zone. */
export function dayKey(at: string | number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

export function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

export function weekday(at: number, locale: LocaleName): string {
  return formatter(locale, { weekday: locale === 'en' ? 'short' : 'narrow' }).format(new Date(at))
}

const formatters = new Map<string, Intl.DateTimeFormat>()

// Making one costs a phone about a millisecond.
function formatter(locale: LocaleName, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let made = formatters.get(key)
  if (made === undefined) formatters.set(key, (made = new Intl.DateTimeFormat(tag(locale), options)))
  return made
}

function tag(locale: LocaleName): string {
  return locale === 'en' ? 'en-GB' : locale
}

function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)))
}

function cut(value: number): string {
  return value >= 100 ? String(Math.floor(value)) : String(Math.floor(value * 10) / 10)
}
