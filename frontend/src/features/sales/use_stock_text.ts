import { useText } from '@/design/use_text'
import type { Offer } from '@/protocol/types'
import { stockWords } from './offers'

/** Stock in words: "312 boxes left". */
export function useStockText(): (offer: Offer) => string {
  const { t, grouped } = useText()
  return (offer) => {
    const words = stockWords(offer)
    return 'count' in words
      ? t(`sales.stock.${words.key}`, { n: grouped(words.count) }, words.count)
      : t(`sales.stock.${words.key}`)
  }
}
