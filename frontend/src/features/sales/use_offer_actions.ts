/** What a host or operator does to offers: one at a time each, failures said aloud. */

import { shallowRef } from 'vue'
import { announce } from '@/design/announcer'
import { useProblemText } from '@/design/use_problem_text'
import { useText } from '@/design/use_text'
import type { Offer, OfferUpdate } from '@/protocol/types'
import { actOnOffer, changeOffer, type OfferVerb } from './api'

export function useOfferActions() {
  const { t } = useText()
  const problemText = useProblemText()
  /** Ids of offers with something under way. */
  const busy = shallowRef<ReadonlySet<string>>(new Set())

  async function run(offer: Offer, work: () => Promise<unknown>, done: string): Promise<boolean> {
    if (busy.value.has(offer.id)) return false
    busy.value = new Set([...busy.value, offer.id])
    try {
      await work()
      announce(done)
      return true
    } catch (error) {
      announce(problemText(error), 'alert')
      return false
    } finally {
      busy.value = new Set([...busy.value].filter((id) => id !== offer.id))
    }
  }

  const act = (offer: Offer, verb: OfferVerb): Promise<boolean> =>
    run(offer, () => actOnOffer(offer.id, verb), t(`sales.did.${verb}`, { title: offer.title }))

  const change = (offer: Offer, update: OfferUpdate): Promise<boolean> =>
    run(offer, () => changeOffer(offer.id, update), t('sales.did.change', { title: offer.title }))

  /** Opens at this hour (null: at once): the hour first, so that nothing is sold before it. */
  const schedule = (offer: Offer, opensAt: string | null): Promise<boolean> =>
    run(
      offer,
      async () => {
        await changeOffer(offer.id, { opens_at: opensAt })
        if (offer.status === 'draft' || offer.status === 'closed') await actOnOffer(offer.id, 'open')
      },
      t('sales.did.schedule', { title: offer.title }),
    )

  return { busy, act, change, schedule }
}
