import { call } from '@/protocol/http_client'
import type { Event, EventCreate, EventWithOffers, Page } from '@/protocol/types'

const address = (id: string, verb = ''): string => `/api/events/${encodeURIComponent(id)}${verb}`

export const listEvents = (cursor: string | null = null): Promise<Page<EventWithOffers>> =>
  call('GET', cursor === null ? '/api/events' : `/api/events?cursor=${encodeURIComponent(cursor)}`)

export const readEvent = (id: string): Promise<EventWithOffers> => call('GET', address(id))

export const createEvent = (event: EventCreate): Promise<Event> => call('POST', '/api/events', { body: event })

export const startEvent = (id: string): Promise<Event> => call('POST', address(id, '/start'))

export const endEvent = (id: string): Promise<Event> => call('POST', address(id, '/end'))

export const cancelEvent = (id: string): Promise<Event> => call('POST', address(id, '/cancel'))
