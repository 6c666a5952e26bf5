/* Generated from the server by `npm run generate`. Do not edit. */
/* eslint-disable */

export type EventStatus = 'cancelled' | 'ended' | 'live' | 'scheduled'
export type OfferKind = 'fixed_price' | 'flash_sale'
/**
 * What a buyer sees; follows from the offer, its window, its stock and its event.
 */
export type OfferStatus = 'closed' | 'draft' | 'open' | 'scheduled' | 'sold_out'
export type QueueStatus = 'gathering' | 'open'
export type GiveawayStatus = 'cancelled' | 'closed' | 'drawn' | 'frozen' | 'open'
export type DropStatus = 'ended' | 'gone' | 'open'
export type OrderStatus =
  'cancelled' | 'delivered' | 'expired' | 'packed' | 'paid' | 'refunded' | 'reserved' | 'shipped'
export type PaymentStatus = 'failed' | 'settled' | 'started'
export type ClaimStatus = 'approved' | 'open' | 'rejected'
/**
 * Where an account stands.
 */
export type Standing = 'admitted' | 'full' | 'gathering' | 'none' | 'over' | 'waiting'
export type ServerMessage =
  Snapshot | Tick | Notice | Sales | ProblemMessage | Ack | OrderMessage | QueueMessage
export type ClientMessage = ChatCommand | LikeCommand | ResyncCommand | QueueCommand

export interface RoomMessages {
  [k: string]: unknown
}
/**
 * The whole state; sections follow as further fields, each a list of whole items.
 *
 *     ``at`` is the server's clock, for countdowns. ``retracted``: ids of entries that are to be shown
 *     no more, the last ones there were. ``gap``: entries are missing between the position asked for
 *     and ``feed``. ``tick_hz``: ticks a second now, fewer where they cost too much.
 */
export interface Snapshot {
  type: 'snapshot'
  at: string
  n: number
  viewers: number
  views: number
  likes: number
  event: Event
  feed: FeedEntry[]
  feed_id: string
  retracted: string[]
  gap: boolean
  degraded: boolean
  reconnect_seconds: number
  tick_hz: number
  offers: Offer[]
  queue: QueueShown[]
  chat: ChatShown[]
  giveaway: GiveawayShown[]
  coupon_drop: CouponDropShown[]
}
/**
 * An event as anyone sees it; times are RFC 3339 UTC.
 *
 *     ``waiting_room``: whoever orders needs a place in its queue, and their turn.
 */
export interface Event {
  id: string
  title: string
  status: EventStatus
  host_id: string
  host_name: string
  county: County
  place: string
  description: string
  starts_at: string
  started_at: string | null
  ended_at: string | null
  pinned_offer_id: string | null
  waiting_room: boolean
}
export interface County {
  code: string
  name: string
  name_en: string
  province_code: string
  province_name: string
}
/**
 * One entry of the feed; the rest of its fields depend on its kind. For the schema only.
 */
export interface FeedEntry {
  id: string
  kind: string
  at: string
  [k: string]: unknown
}
export interface Offer {
  id: string
  event_id: string
  kind: OfferKind
  title: string
  unit_grams: number
  price_fen: number
  list_price_fen: number | null
  list_price_basis: string
  shipping_fen: number
  undeliverable_provinces: string[]
  per_buyer_limit: number
  allotment: number
  available: number
  reserved: number
  sold: number
  status: OfferStatus
  opens_at: string | null
  closes_at: string | null
}
/**
 * The queue of an event with a waiting room.
 *
 *     Args:
 *         waiting: people who wait for their turn, or for the draw.
 *         admitted: numbers up to this one have their turn or have had it.
 *         per_minute: people let through a minute.
 *         epoch: of the queue: where it is another, places are to be taken again.
 *         draw: SHA-256 of the seed of the draw; the seed itself once the draw is made.
 */
export interface QueueShown {
  id: string
  status: QueueStatus
  waiting: number
  admitted: number
  per_minute: number
  epoch: string
  draw: string
}
/**
 * The room's ``chat``: seconds between two messages of one viewer.
 */
export interface ChatShown {
  id: string
  interval_seconds: number
}
/**
 * The latest giveaway of an event as its room shows it: ``Giveaway``, under one id for all.
 */
export interface GiveawayShown {
  title: string
  prize: string
  winners_count: number
  status: GiveawayStatus
  opened_at: string
  closes_at: string
  entries: number
  /**
   * SHA-256, 64 hexadecimal digits
   */
  commitment: string
  entries_digest: string | null
  seed: string | null
  drawn_at: string | null
  reason: string
  winners: GiveawayWinner[]
  id: string
  giveaway_id: string
}
/**
 * A winner as anybody sees them. ``place`` from 1; the name is masked.
 */
export interface GiveawayWinner {
  place: number
  entry_id: string
  name: string
}
/**
 * The latest drop of an event as its room shows it: ``CouponDrop``, under one id for all.
 */
export interface CouponDropShown {
  title: string
  off_fen: number
  min_spend_fen: number
  quantity: number
  claimed: number
  status: DropStatus
  opened_at: string
  claim_until: string
  use_until: string
  id: string
  drop_id: string
}
/**
 * What changed since ``prev``, in absolute values, and nothing else.
 *
 *     Sections follow as further fields: of each changed item the id and its numbers, or the whole
 *     item where it is new or its definition changed. ``retracted``: ids of feed entries to be shown
 *     no more. ``gap``: feed entries were lost.
 */
export interface Tick {
  type: 'tick'
  n: number
  prev: number
  viewers?: number
  views?: number
  likes?: number
  event?: Event
  feed?: FeedEntry[]
  feed_id?: string
  retracted?: string[]
  gap?: boolean
  degraded?: boolean
  tick_hz?: number
  offers?: OfferChange[]
  queue?: QueueShownChange[]
  chat?: ChatShownChange[]
  giveaway?: GiveawayShownChange[]
  coupon_drop?: CouponDropShownChange[]
}
export interface OfferChange {
  id: string
  event_id?: string
  kind?: OfferKind
  title?: string
  unit_grams?: number
  price_fen?: number
  list_price_fen?: number | null
  list_price_basis?: string
  shipping_fen?: number
  undeliverable_provinces?: string[]
  per_buyer_limit?: number
  allotment?: number
  available?: number
  reserved?: number
  sold?: number
  status?: OfferStatus
  opens_at?: string | null
  closes_at?: string | null
}
/**
 * The queue of an event with a waiting room.
 *
 *     Args:
 *         waiting: people who wait for their turn, or for the draw.
 *         admitted: numbers up to this one have their turn or have had it.
 *         per_minute: people let through a minute.
 *         epoch: of the queue: where it is another, places are to be taken again.
 *         draw: SHA-256 of the seed of the draw; the seed itself once the draw is made.
 */
export interface QueueShownChange {
  id: string
  status?: QueueStatus
  waiting?: number
  admitted?: number
  per_minute?: number
  epoch?: string
  draw?: string
}
/**
 * The room's ``chat``: seconds between two messages of one viewer.
 */
export interface ChatShownChange {
  id: string
  interval_seconds?: number
}
/**
 * The latest giveaway of an event as its room shows it: ``Giveaway``, under one id for all.
 */
export interface GiveawayShownChange {
  title?: string
  prize?: string
  winners_count?: number
  status?: GiveawayStatus
  opened_at?: string
  closes_at?: string
  entries?: number
  /**
   * SHA-256, 64 hexadecimal digits
   */
  commitment?: string
  entries_digest?: string | null
  seed?: string | null
  drawn_at?: string | null
  reason?: string
  winners?: GiveawayWinner[]
  id: string
  giveaway_id?: string
}
/**
 * The latest drop of an event as its room shows it: ``CouponDrop``, under one id for all.
 */
export interface CouponDropShownChange {
  title?: string
  off_fen?: number
  min_spend_fen?: number
  quantity?: number
  claimed?: number
  status?: DropStatus
  opened_at?: string
  claim_until?: string
  use_until?: string
  id: string
  drop_id?: string
}
/**
 * To one person; the rest of its fields depend on its kind. For the schema only.
 */
export interface Notice {
  type: 'notice'
  kind: string
  [k: string]: unknown
}
/**
 * To the event's host and operators; its fields are a feature's. For the schema only.
 */
export interface Sales {
  type: 'sales'
  [k: string]: unknown
}
/**
 * The answer to a bad or refused command; some codes bring fields of their own.
 */
export interface ProblemMessage {
  type: 'problem'
  code: string
  ref?: number | string
  detail?: string
  retry_after_seconds?: number
  fields?: {
    [k: string]: string
  }
}
/**
 * The command was carried out.
 */
export interface Ack {
  type: 'ack'
  ref?: number | string
}
/**
 * The answer to an ``order`` command.
 */
export interface OrderMessage {
  type: 'order'
  order: Order
  ref?: number | string
}
export interface Order {
  id: string
  event_id: string
  offer_id: string
  status: OrderStatus
  units: number
  price_fen: number
  shipping_fen: number
  discount_fen: number
  amount_fen: number
  grams: number
  created_at: string
  pay_by: string
  paid_at: string | null
  closed_at: string | null
  ship_to: ShipTo
  coupon_id: string | null
  offer_title?: string | null
  event_title?: string | null
  carrier?: string | null
  tracking_number?: string | null
  payment?: Payment | null
  delivered_at?: string | null
  claim_by?: string | null
  claims?: Claim[]
}
/**
 * Where goods go, and to whom.
 */
export interface ShipTo {
  name: string
  /**
   * E.164, or a mainland number
   */
  phone: string
  /**
   * GB/T 2260, such as 440000
   */
  province_code: string
  address: string
}
export interface Payment {
  id: string
  order_id: string
  provider: string
  amount_fen: number
  status: PaymentStatus
  action?: NoAction | Redirect | ShowQr
}
/**
 * Nothing to do but wait: the provider's word is on its way.
 */
export interface NoAction {
  type: 'none'
}
/**
 * The buyer pays at this address.
 */
export interface Redirect {
  type: 'redirect'
  url: string
}
/**
 * The buyer scans this text with the provider's app.
 */
export interface ShowQr {
  type: 'qr'
  text: string
}
/**
 * A buyer's claim of bad fruit. Here since orders show theirs; ``live/claims`` has the rest.
 */
export interface Claim {
  id: string
  order_id: string
  status: ClaimStatus
  units: number | null
  share_percent: number | null
  note: string
  asked_fen: number
  approved_fen: number | null
  reason: string
  filed_at: string
  decided_at: string | null
}
/**
 * The answer to a ``queue`` command.
 */
export interface QueueMessage {
  type: 'queue'
  queue: QueuePlace
  ref?: number | string
}
/**
 * One's own place.
 *
 *     Args:
 *         number: from the draw on, for as long as the place is good.
 *         position: how many are let through until it is this one's turn, itself included.
 *         wait_seconds: at the pace of now; None where nobody can say.
 *         until: the end of the turn; None unless admitted.
 *         epoch: of the queue that the place is in.
 */
export interface QueuePlace {
  standing: Standing
  number: number | null
  position: number | null
  wait_seconds: number | null
  until: string | null
  epoch: string
}
export interface Chat {
  text: string
}
export interface Like {
  count?: number
}
/**
 * Asks for a snapshot; with ``since``, one whose feed follows that position.
 */
export interface Resync {
  since?: string | null
}
export interface QueueCommand {
  type: 'queue'
  ref?: number | string
  take?: boolean
}
export interface ChatCommand {
  type: 'chat'
  ref?: number | string
  text: string
}
export interface LikeCommand {
  type: 'like'
  ref?: number | string
  count?: number
}
export interface ResyncCommand {
  type: 'resync'
  ref?: number | string
  since?: string | null
}
