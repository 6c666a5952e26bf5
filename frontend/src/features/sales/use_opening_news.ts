/** Says aloud, once, that an offer people have waited for can be bought now. */

import { watch, type Ref } from 'vue'
import { announce } from '@/design/announcer'
import { useText } from '@/design/use_text'
import type { Offer } from '@/protocol/types'

export function useOpeningNews(offers: Readonly<Ref<readonly Offer[]>>): void {
  const { t } = useText()
  watch(offers, (now, before) => {
    const waited = new Set(before.filter(({ status, opens_at }) => status === 'scheduled' && opens_at).map(({ id }) => id))
    const opened = now.find((offer) => offer.status === 'open' && waited.has(offer.id))
    if (opened) announce(t('sales.now_open', { title: opened.title }))
  })
}
