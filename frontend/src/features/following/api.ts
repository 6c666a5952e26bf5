import { call } from '@/protocol/http_client'
import type { FollowedHost, Host, Page, Reminder } from '@/protocol/types'

const host = (id: string, verb = ''): string => `/api/hosts/${encodeURIComponent(id)}${verb}`
const event = (id: string, verb: string): string => `/api/events/${encodeURIComponent(id)}${verb}`

export const readHost = (id: string): Promise<Host> => call('GET', host(id))

export const setFollowed = (id: string, isFollowed: boolean): Promise<Host> =>
  call(isFollowed ? 'PUT' : 'DELETE', host(id, '/follow'))

export const listFollowed = (): Promise<Page<FollowedHost>> => call('GET', '/api/follows?limit=200')

export const askReminder = (eventId: string): Promise<Reminder> => call('PUT', event(eventId, '/reminder'))

export const dropReminder = (eventId: string): Promise<void> => call('DELETE', event(eventId, '/reminder'))

export const listReminders = (): Promise<Page<Reminder>> => call('GET', '/api/reminders?limit=200')

export const calendarFile = (eventId: string): string => event(eventId, '/calendar.ics')
