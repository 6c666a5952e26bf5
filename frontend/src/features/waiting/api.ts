import { call } from '@/protocol/http_client'
import type { QueuePlace } from '@/protocol/types'

/** One's own place, a new one where there is none. */
export const takePlace = (eventId: string): Promise<QueuePlace> => call('POST', `/api/events/${eventId}/queue`)
