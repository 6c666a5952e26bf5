import { call } from '@/protocol/http_client'
import type {
  Assistant,
  AssistantCreate,
  ChatAction,
  ChatStanding,
  Page,
  SilenceCreate,
  SilencedPerson,
} from '@/protocol/types'

const chat = (eventId: string, rest = ''): string => `/api/events/${encodeURIComponent(eventId)}/chat${rest}`
const after = (cursor: string | null): string => (cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`)

export const readStanding = (eventId: string): Promise<ChatStanding> => call('GET', chat(eventId))

export const slowDown = (eventId: string, seconds: number | null): Promise<ChatStanding> =>
  call('PATCH', chat(eventId), { body: { interval_seconds: seconds } })

export const deleteMessage = (eventId: string, messageId: string): Promise<void> =>
  call('POST', chat(eventId, `/messages/${encodeURIComponent(messageId)}/delete`), { body: {} })

export const silence = (eventId: string, body: SilenceCreate): Promise<void> =>
  call('POST', chat(eventId, '/silences'), { body })

export const liftSilence = (eventId: string, accountId: string): Promise<void> =>
  call('DELETE', chat(eventId, `/silences/${encodeURIComponent(accountId)}`))

export const listSilenced = (eventId: string, cursor: string | null): Promise<Page<SilencedPerson>> =>
  call('GET', chat(eventId, `/silences${after(cursor)}`))

export const listAssistants = (eventId: string): Promise<Page<Assistant>> => call('GET', chat(eventId, '/assistants'))

export const nameAssistant = (eventId: string, body: AssistantCreate): Promise<Assistant> =>
  call('POST', chat(eventId, '/assistants'), { body })

export const removeAssistant = (eventId: string, accountId: string): Promise<void> =>
  call('DELETE', chat(eventId, `/assistants/${encodeURIComponent(accountId)}`))

export const listActions = (eventId: string, cursor: string | null): Promise<Page<ChatAction>> =>
  call('GET', chat(eventId, `/actions${after(cursor)}`))
