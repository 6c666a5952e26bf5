/** The server's own types, under the names the pages use. Nothing here is written by hand. */

import type { components } from './generated/http'

export type * from './generated/room'

type Schemas = components['schemas']

export type Account = Schemas['Account']
export type Address = Schemas['Address']
export type AddressUpdate = Schemas['AddressUpdate']
export type Role = Schemas['Role']
export type Session = Schemas['Session']
export type ShipTo = Schemas['ShipTo']
export type Claim = Schemas['Claim']
export type Host = Schemas['Host']
export type FollowedHost = Schemas['FollowedHost']
export type Reminder = Schemas['Reminder']
export type ClaimCase = Schemas['ClaimCase']
export type ClaimCreate = Schemas['ClaimCreate']
export type Assistant = Schemas['Assistant']
export type AssistantCreate = Schemas['AssistantCreate']
export type ChatAction = Schemas['ChatAction']
export type ChatStanding = Schemas['ChatStanding']
export type SilenceCreate = Schemas['SilenceCreate']
export type SilencedPerson = Schemas['SilencedPerson']
export type Giveaway = Schemas['Giveaway']
export type GiveawayCreate = Schemas['GiveawayCreate']
export type GiveawayEntry = Schemas['GiveawayEntry']
export type WinnerToServe = Schemas['WinnerToServe']
export type Shipment = Schemas['Shipment']
export type WonPrize = Schemas['WonPrize']
export type Coupon = Schemas['Coupon']
export type CouponDrop = Schemas['CouponDrop']
export type CouponDropCreate = Schemas['CouponDropCreate']
export type EventCreate = Schemas['EventCreate']
export type EventUpdate = Schemas['EventUpdate']
export type EventWithOffers = Schemas['EventWithOffers']
export type OfferCreate = Schemas['OfferCreate']
export type OfferUpdate = Schemas['OfferUpdate']
export type Order = Schemas['Order']
export type OrderCreate = Schemas['OrderCreate']
export type OrderStatus = Schemas['OrderStatus']
export type Payment = Schemas['Payment']
export type PaymentAction = NonNullable<Payment['action']>
export type EventSales = Schemas['EventSales']
export type OfferSales = Schemas['OfferSales']
export type MinuteSales = Schemas['MinuteSales']

export interface Page<T> {
  items: T[]
  next: string | null
}
