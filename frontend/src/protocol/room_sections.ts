/**
 * What a room shows beside its offers: parts with at most one item each. Pure.
 *
 * A new part is a line in `SECTIONS`: the room's state and its store follow from it, and the types
 * come from the server.
 */

import type { Snapshot, Tick } from './types'

/**
 * `whole`: a field that an item always has, and so a change that is a whole item.
 * `urgent`: fields whose change must be seen at once.
 */
const SECTIONS = {
  /** Who waits to order; null where nobody does. */
  queue: { whole: 'epoch', urgent: ['epoch', 'status'] },
  /** How often a viewer may speak; null before the first snapshot. */
  chat: { whole: 'interval_seconds', urgent: [] },
  /** The event's latest giveaway; null where there was none. */
  giveaway: { whole: 'giveaway_id', urgent: ['giveaway_id', 'status'] },
  /** The event's latest drop of coupons; null where there was none. */
  coupon_drop: { whole: 'drop_id', urgent: ['drop_id', 'status'] },
} as const satisfies Partial<{ [Name in keyof Snapshot]: Terms<Snapshot[Name]> }>

interface Terms<Items> {
  readonly whole: FieldOf<Items>
  readonly urgent: readonly FieldOf<Items>[]
}
type FieldOf<Items> = Items extends (infer Item)[] ? keyof Item : never

export type SectionName = keyof typeof SECTIONS
export type SectionItem<Name extends SectionName> = Snapshot[Name][number]
export type Sections = { readonly [Name in SectionName]: SectionItem<Name> | null }

export const SECTION_NAMES = Object.keys(SECTIONS) as SectionName[]

type Fields = Readonly<Record<string, unknown>>

export const EMPTY_SECTIONS = sectionsBy(() => null)

export function wholeSections(snapshot: Snapshot): Sections {
  // While a new version is rolled out, a server of the old one may not know a part yet.
  return sectionsBy((name) => snapshot[name]?.[0] ?? null)
}

/** Changes laid over what there is; what did not change keeps its identity. */
export function changedSections(sections: Sections, tick: Tick): Sections {
  return sectionsBy((name) => {
    const item = sections[name]
    const change = tick[name]?.[0]
    if (change === undefined) return item
    if (item !== null) return { ...item, ...change }
    return SECTIONS[name].whole in change ? change : null
  })
}

export function isSectionUrgent(before: Sections, after: Sections): boolean {
  return SECTION_NAMES.some((name) => {
    const [old, now] = [before[name], after[name]] as (Fields | null)[]
    return old !== now && SECTIONS[name].urgent.some((field) => old?.[field] !== now?.[field])
  })
}

function sectionsBy(itemOf: (name: SectionName) => object | null): Sections {
  return Object.fromEntries(SECTION_NAMES.map((name) => [name, itemOf(name)])) as unknown as Sections
}
