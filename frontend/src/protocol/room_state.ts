/**
 * What a viewer's screen shows of a room. Pure: `apply(state, frame)` and nothing else.
 *
 * Runs on every frame, so nothing queues while the tab is hidden. States are never changed in
 * place: what did not change keeps its identity, and the store can tell by comparing.
 */

import { changedSections, EMPTY_SECTIONS, isSectionUrgent, wholeSections, type Sections } from './room_sections'
import type { Event, FeedEntry, Offer, OfferChange, Snapshot, Tick } from './types'

/** Entries kept; the oldest go first. */
export const FEED_ENTRIES_MAX = 200

/** Stands in the feed where entries were lost. */
export const GAP_KIND = 'gap'

export interface RoomState extends Sections {
  /** Number of the last frame; null while a snapshot must come before any tick. */
  readonly n: number | null
  readonly viewers: number
  readonly views: number
  readonly likes: number
  /** null before the first snapshot. */
  readonly event: Event | null
  readonly offers: readonly Offer[]
  readonly feed: readonly FeedEntry[]
  /** How often something was taken off the screen. */
  readonly retractions: number
  /** Where to resume the feed; null before the first snapshot. */
  readonly feedId: string | null
  readonly isDegraded: boolean
  /** Seconds within which to spread a reconnect. */
  readonly reconnectSeconds: number
}

export const EMPTY_ROOM: RoomState = {
  n: null,
  viewers: 0,
  views: 0,
  likes: 0,
  event: null,
  offers: [],
  ...EMPTY_SECTIONS,
  feed: [],
  retractions: 0,
  feedId: null,
  isDegraded: false,
  reconnectSeconds: 5,
}

export interface Applied {
  readonly state: RoomState
  /** A frame is missing: ask for `resync`. Ticks are ignored until the snapshot comes. */
  readonly isHole: boolean
}

export function apply(state: RoomState, frame: Snapshot | Tick): Applied {
  if (frame.type === 'snapshot') return { state: withSnapshot(state, frame), isHole: false }
  if (state.n === null) return { state, isHole: true }
  if (frame.prev !== state.n) return { state: { ...state, n: null }, isHole: true }
  return { state: withTick(state, frame), isHole: false }
}

/** Whether the change must be seen at once: what can be bought, what is held up, and what is to be seen no more. */
export function isUrgent(before: RoomState, after: RoomState): boolean {
  if (before.retractions !== after.retractions) return true
  if (before.event !== after.event || before.isDegraded !== after.isDegraded) return true
  if (isSectionUrgent(before, after)) return true
  if (before.offers === after.offers) return false
  if (before.offers.length !== after.offers.length) return true
  return after.offers.some((offer, place) => {
    const old = before.offers[place]
    return (
      old === undefined ||
      old.id !== offer.id ||
      old.status !== offer.status ||
      old.price_fen !== offer.price_fen ||
      (old.available === 0) !== (offer.available === 0)
    )
  })
}

function withSnapshot(state: RoomState, snapshot: Snapshot): RoomState {
  const feed = extended(state.feed, snapshot.feed, snapshot.gap, snapshot.feed_id)
  return {
    n: snapshot.n,
    viewers: snapshot.viewers,
    views: snapshot.views,
    likes: snapshot.likes,
    event: snapshot.event,
    offers: snapshot.offers,
    ...wholeSections(snapshot),
    ...without(state.retractions, feed, snapshot.retracted),
    feedId: snapshot.feed_id,
    isDegraded: snapshot.degraded,
    reconnectSeconds: snapshot.reconnect_seconds,
  }
}

function withTick(state: RoomState, tick: Tick): RoomState {
  const feedId = tick.feed_id ?? state.feedId
  const feed =
    tick.feed || tick.gap ? extended(state.feed, tick.feed ?? [], tick.gap ?? false, feedId ?? '') : state.feed
  return {
    n: tick.n,
    viewers: tick.viewers ?? state.viewers,
    views: tick.views ?? state.views,
    likes: tick.likes ?? state.likes,
    event: tick.event ?? state.event,
    offers: tick.offers ? laidOver(state.offers, tick.offers) : state.offers,
    ...changedSections(state, tick),
    ...without(state.retractions, feed, tick.retracted ?? []),
    feedId,
    isDegraded: tick.degraded ?? state.isDegraded,
    reconnectSeconds: state.reconnectSeconds,
  }
}

/** Changed items over the old ones; items not yet known are appended, if they are whole. */
function laidOver(offers: readonly Offer[], changes: readonly OfferChange[]): readonly Offer[] {
  const byId = new Map(changes.map((change) => [change.id, change]))
  const known = offers.map((offer) => {
    const change = byId.get(offer.id)
    if (change === undefined) return offer
    byId.delete(offer.id)
    return { ...offer, ...change }
  })
  return [...known, ...[...byId.values()].filter(isWhole)]
}

function isWhole(change: OfferChange): change is Offer {
  return change.title !== undefined && change.price_fen !== undefined
}

/** The feed without these entries; the same one where it has none of them. */
function without(
  retractions: number,
  feed: readonly FeedEntry[],
  ids: readonly string[],
): Pick<RoomState, 'feed' | 'retractions'> {
  if (ids.length === 0) return { feed, retractions }
  const gone = new Set(ids)
  const kept = feed.filter((entry) => !gone.has(entry.id))
  return kept.length === feed.length ? { feed, retractions } : { feed: kept, retractions: retractions + 1 }
}

function extended(
  before: readonly FeedEntry[],
  entries: readonly FeedEntry[],
  hasGap: boolean,
  feedId: string,
): readonly FeedEntry[] {
  const known = new Set(before.map((entry) => entry.id))
  const fresh = entries.filter((entry) => !known.has(entry.id))
  const divider: FeedEntry[] =
    hasGap && before.length > 0 && before.at(-1)?.kind !== GAP_KIND
      ? [{ id: `gap-${feedId}`, kind: GAP_KIND, at: fresh[0]?.at ?? '' }]
      : []
  if (fresh.length === 0 && divider.length === 0) return before
  return [...before, ...divider, ...fresh].slice(-FEED_ENTRIES_MAX)
}
