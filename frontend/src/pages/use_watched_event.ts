/**
 * An event as the room tells it, and as HTTP tells it until then: HTTP answers sooner, and knows
 * whether there is such an event at all.
 */

import { computed, ref, shallowRef, watch } from 'vue'
import { readEvent } from '@/features/events/api'
import { withDrafts } from '@/features/sales/offers'
import { asProblem } from '@/protocol/problem'
import { useRoom } from '@/protocol/room_store'
import type { EventWithOffers, Offer } from '@/protocol/types'

/** Call it in a setup function; the room is left with the calling scope. */
export function useWatchedEvent(id: string) {
  const room = useRoom(id)
  const read = shallowRef<EventWithOffers | null>(null)
  const problem = shallowRef<unknown>(null)
  const hasJoined = ref(false)

  const event = computed(() => room.event.value ?? read.value)
  const offers = computed<readonly Offer[]>(() => {
    const listed = read.value?.offers ?? []
    return room.event.value ? withDrafts(room.offers.value, listed) : listed
  })
  const isLive = computed(() => event.value?.status === 'live')
  const isOver = computed(() => event.value?.status === 'ended' || event.value?.status === 'cancelled')
  const isMissing = computed(() => problem.value !== null && asProblem(problem.value).status === 404)
  const unitsSold = computed(() => offers.value.reduce((sum, offer) => sum + offer.sold, 0))
  const gramsSold = computed(() => offers.value.reduce((sum, offer) => sum + offer.sold * offer.unit_grams, 0))

  const offerTitle = (offerId: string): string => offers.value.find((offer) => offer.id === offerId)?.title ?? ''

  async function load(): Promise<void> {
    problem.value = null
    try {
      read.value = await readEvent(id)
    } catch (error) {
      problem.value = error
      if (isMissing.value) room.leave()
    }
  }

  watch(room.status, (status) => {
    if (status === 'open') hasJoined.value = true
  })
  void load()

  return { room, event, offers, isLive, isOver, isMissing, hasJoined, problem, unitsSold, gramsSold, offerTitle, load }
}
