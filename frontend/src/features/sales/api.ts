import { call } from '@/protocol/http_client'
import type {
  EventSales,
  Offer,
  OfferCreate,
  OfferUpdate,
  Order,
  OrderCreate,
  Page,
  Payment,
} from '@/protocol/types'

const offer = (id: string, verb = ''): string => `/api/offers/${encodeURIComponent(id)}${verb}`
const order = (id: string, verb = ''): string => `/api/orders/${encodeURIComponent(id)}${verb}`
const event = (id: string, verb: string): string => `/api/events/${encodeURIComponent(id)}${verb}`

export type OfferVerb = 'open' | 'close' | 'pin' | 'unpin'

export const createOffer = (eventId: string, body: OfferCreate): Promise<Offer> =>
  call('POST', event(eventId, '/offers'), { body })

export const changeOffer = (id: string, body: OfferUpdate): Promise<Offer> => call('PATCH', offer(id), { body })

export const actOnOffer = (id: string, verb: OfferVerb): Promise<unknown> => call('POST', offer(id, `/${verb}`))

export const postOrder = (
  offerId: string,
  body: OrderCreate,
  idempotencyKey: string,
  timeoutMs: number,
): Promise<Order> => call('POST', offer(offerId, '/orders'), { body, idempotencyKey, timeoutMs })

export const listOrders = (cursor: string | null): Promise<Page<Order>> =>
  call('GET', cursor === null ? '/api/orders' : `/api/orders?cursor=${encodeURIComponent(cursor)}`)

export const readOrder = (id: string): Promise<Order> => call('GET', order(id))

export const listProviders = (): Promise<Page<{ name: string }>> => call('GET', '/api/payments/providers')

export const payOrder = (id: string, provider: string): Promise<Payment> =>
  call('POST', order(id, '/payment'), { body: { provider } })

export const cancelOrder = (id: string): Promise<Order> => call('POST', order(id, '/cancel'))

export const readSales = (eventId: string): Promise<EventSales> => call('GET', event(eventId, '/sales'))

export const ordersFile = (eventId: string): string => event(eventId, '/orders.csv')
