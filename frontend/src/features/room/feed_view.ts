/** What of a feed is drawn. Pure. */

import { feedLine, type FeedLine } from '@/protocol/feed'
import type { FeedEntry } from '@/protocol/types'

/** Lines drawn; a phone lays out 40 in a few ms, and nobody reads more of a running chat. */
export const LINES_DRAWN = 40

/** Shown elsewhere: in a rush they would push everything people say out of the log. */
const isToast = (line: FeedLine): boolean =>
  line.kind === 'orders' || (line.kind === 'giveaway' && line.what === 'entries')

/** The newest lines of the log, without toasts. */
export function logLines(feed: readonly FeedEntry[], most = LINES_DRAWN): FeedLine[] {
  const lines: FeedLine[] = []
  for (let place = feed.length - 1; place >= 0 && lines.length < most; place -= 1) {
    const line = feedLine(feed[place]!)
    if (line !== null && !isToast(line)) lines.push(line)
  }
  return lines.reverse()
}

/** The newest toast of orders after the entry with this id; null where there is none. */
export function newestOrders(
  feed: readonly FeedEntry[],
  afterId: string | null,
): Extract<FeedLine, { kind: 'orders' }> | null {
  for (let place = feed.length - 1; place >= 0; place -= 1) {
    const entry = feed[place]!
    if (entry.id === afterId) return null
    const line = feedLine(entry)
    if (line?.kind === 'orders') return line
  }
  return null
}

/** How many people spoke after the entry with this id. */
export function chatsSince(feed: readonly FeedEntry[], afterId: string | null): number {
  let count = 0
  for (let place = feed.length - 1; place >= 0 && feed[place]!.id !== afterId; place -= 1) {
    if (feed[place]!.kind === 'chat') count += 1
  }
  return count
}
