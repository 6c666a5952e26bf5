/**
 * A room for components: shallow refs, renewed no faster than people read.
 *
 * Counters and chat are published twice a second, which costs a phone a fortieth of deep
 * reactivity on every tick. What decides whether somebody can buy (offers opening and selling
 * out, pins, their own orders) is published at once.
 */

import { onScopeDispose, shallowReadonly, shallowRef, type ShallowRef } from 'vue'
import { RoomConnection, type Command, type ConnectionStatus } from './room_connection'
import { SECTION_NAMES, type SectionName, type Sections } from './room_sections'
import { EMPTY_ROOM, isUrgent, type RoomState } from './room_state'
import { observeServerTime } from './server_clock'
import type { Ack, Event, EventSales, FeedEntry, Notice, Offer } from './types'

export const PUBLISH_MS = 500

export interface Counters {
  readonly viewers: number
  readonly views: number
  readonly likes: number
}

type SectionRefs = { readonly [Name in SectionName]: Readonly<ShallowRef<Sections[Name]>> }

/** With a ref for each part that `room_sections.ts` names: `room.queue`, `room.giveaway` … */
export interface RoomStore extends SectionRefs {
  readonly counters: Readonly<ShallowRef<Counters>>
  readonly event: Readonly<ShallowRef<Event | null>>
  readonly offers: Readonly<ShallowRef<readonly Offer[]>>
  readonly feed: Readonly<ShallowRef<readonly FeedEntry[]>>
  readonly isDegraded: Readonly<ShallowRef<boolean>>
  readonly status: Readonly<ShallowRef<ConnectionStatus>>
  /** Why the server ended the connection for good; null while it has not. */
  readonly closeCode: Readonly<ShallowRef<number | null>>
  /** For the event's host and operators; null before the first one. */
  readonly sales: Readonly<ShallowRef<EventSales | null>>
  /** Calls back for each notice meant for this person, and after each return to the room. */
  onNotice(heard: (notice: Notice | null) => void): void
  say(command: Command): Promise<Ack>
  /** Connect again, as whoever is signed in now. */
  restart(): void
  /** There is no such room after all. */
  leave(): void
}

/** Join a room until the calling scope ends. Call it in a setup function. */
export function useRoom(eventId: string): RoomStore {
  const counters = shallowRef<Counters>({ viewers: 0, views: 0, likes: 0 })
  const event = shallowRef<Event | null>(null)
  const offers = shallowRef<readonly Offer[]>([])
  const sections = SECTION_NAMES.map((name) => ({ name, item: shallowRef<Sections[SectionName]>(null) }))
  const feed = shallowRef<readonly FeedEntry[]>([])
  const isDegraded = shallowRef(false)
  const status = shallowRef<ConnectionStatus>('connecting')
  const closeCode = shallowRef<number | null>(null)
  const sales = shallowRef<EventSales | null>(null)
  const noticeHearers: ((notice: Notice | null) => void)[] = []

  let shown: RoomState = EMPTY_ROOM
  let latest: RoomState = EMPTY_ROOM
  let hasJoined = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function publish(): void {
    clearTimeout(timer)
    timer = undefined
    const { viewers, views, likes } = latest
    if (viewers !== shown.viewers || views !== shown.views || likes !== shown.likes) {
      counters.value = { viewers, views, likes }
    }
    event.value = latest.event
    offers.value = latest.offers
    for (const { name, item } of sections) item.value = latest[name]
    feed.value = latest.feed
    isDegraded.value = latest.isDegraded
    shown = latest
  }

  const connection = new RoomConnection(roomAddress(eventId), {
    onState(state) {
      latest = state
      if (isUrgent(shown, state)) publish()
      else timer ??= setTimeout(publish, PUBLISH_MS)
    },
    onStatus(next, code) {
      status.value = next
      closeCode.value = code
      if (next !== 'open') return
      // Notices are hints, and nobody is told what was said while they were away.
      if (hasJoined) noticeHearers.forEach((heard) => heard(null))
      hasJoined = true
    },
    onServerTime: (at) => observeServerTime(Date.parse(at), 1),
    onNotice: (notice) => noticeHearers.forEach((heard) => heard(notice)),
    onSales: (message) => (sales.value = message as unknown as EventSales),
  })

  const hurry = (): void => connection.hurry()
  const hurryWhenSeen = (): void => {
    if (!document.hidden) connection.hurry()
  }
  window.addEventListener('online', hurry)
  document.addEventListener('visibilitychange', hurryWhenSeen)
  connection.start()

  onScopeDispose(() => {
    window.removeEventListener('online', hurry)
    document.removeEventListener('visibilitychange', hurryWhenSeen)
    clearTimeout(timer)
    connection.stop()
  })

  return {
    counters: shallowReadonly(counters),
    event: shallowReadonly(event),
    offers: shallowReadonly(offers),
    ...(Object.fromEntries(sections.map(({ name, item }) => [name, shallowReadonly(item)])) as unknown as SectionRefs),
    feed: shallowReadonly(feed),
    isDegraded: shallowReadonly(isDegraded),
    status: shallowReadonly(status),
    closeCode: shallowReadonly(closeCode),
    sales: shallowReadonly(sales),
    onNotice: (heard) => noticeHearers.push(heard),
    say: (command) => connection.say(command),
    restart: () => connection.restart(),
    leave: () => connection.stop(),
  }
}

function roomAddress(eventId: string): string {
  const { protocol, host } = window.location
  const scheme = protocol === 'https:' ? 'wss' : 'ws'
  return `${scheme}://${host}/api/events/${encodeURIComponent(eventId)}/room`
}
