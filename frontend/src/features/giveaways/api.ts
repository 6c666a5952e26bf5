import { call } from '@/protocol/http_client'
import type { Giveaway, GiveawayCreate, GiveawayEntry, Page, Shipment, WinnerToServe, WonPrize } from '@/protocol/types'

const giveaway = (id: string, part: string): string => `/api/giveaways/${encodeURIComponent(id)}/${part}`

export const openGiveaway = (eventId: string, body: GiveawayCreate): Promise<Giveaway> =>
  call('POST', `/api/events/${encodeURIComponent(eventId)}/giveaways`, { body })

export const cancelGiveaway = (id: string, reason: string): Promise<Giveaway> =>
  call('POST', giveaway(id, 'cancel'), { body: { reason } })

/** A repeat gets the same entry. */
export const enterGiveaway = (id: string): Promise<GiveawayEntry> => call('POST', giveaway(id, 'entries'))

export const readOwnEntry = (id: string): Promise<GiveawayEntry> => call('GET', giveaway(id, 'entry'))

export const listGiveaways = (eventId: string, cursor: string | null): Promise<Page<Giveaway>> =>
  call('GET', `/api/events/${encodeURIComponent(eventId)}/giveaways${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`)

export const listWinners = (id: string): Promise<Page<WinnerToServe>> => call('GET', giveaway(id, 'winners'))

/** Said again, the last parcel counts. */
export const shipPrize = (id: string, place: number, parcel: Shipment): Promise<WinnerToServe> =>
  call('POST', giveaway(id, `winners/${place}/ship`), { body: parcel })

export const listWonPrizes = (cursor: string | null): Promise<Page<WonPrize>> =>
  call('GET', cursor === null ? '/api/giveaways/won' : `/api/giveaways/won?cursor=${encodeURIComponent(cursor)}`)

export const addressPrize = (id: string, addressId: string): Promise<WonPrize> =>
  call('PUT', giveaway(id, 'address'), { body: { address_id: addressId } })

/** All entries of a frozen giveaway, as plain text. */
export const entriesAddress = (id: string): string => giveaway(id, 'entries')
