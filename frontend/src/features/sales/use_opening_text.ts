/** When an offer opens, in the reader's language. */

import { useText } from '@/design/use_text'
import type { Offer } from '@/protocol/types'
import { openingWords } from './coming_up'

const DAY_MS = 86_400_000

export function useOpeningText() {
  const { t, countdown, clockTime, dayAndTime } = useText()

  return (offer: Offer, nowMs: number, isLive: boolean): string => {
    const words = openingWords(offer, nowMs, isLive)
    if (words.key === 'opens_in') return t('sales.opens_in', { time: countdown(words.ms) })
    if (words.key !== 'opens_at') return t(`sales.${words.key}`)
    const isFar = Date.parse(words.at) - nowMs > DAY_MS / 2
    return t('sales.opens_at', { time: isFar ? dayAndTime(words.at, nowMs) : clockTime(words.at) })
  }
}
