import { describe, expect, it } from 'vitest'
import type { ChatStanding } from '@/protocol/types'
import { isInCharge, isModerator, voiceOf } from './voice'

const NOW_MS = Date.parse('2020-02-19T02:00:00.000Z')

function standing(change: Partial<ChatStanding> = {}): ChatStanding {
  return { part: 'speaker', interval_seconds: 1, is_slow: false, silence: null, ...change }
}

describe('a voice', () => {
  it('is free until the server says otherwise', () => {
    expect(voiceOf(null, NOW_MS).kind).toBe('free')
    expect(voiceOf(standing(), NOW_MS).kind).toBe('free')
  })

  it('comes back by itself when a mute is over', () => {
    const muted = standing({ silence: { kind: 'mute', until: '2020-02-19T02:10:00.000Z' } })
    expect(voiceOf(muted, NOW_MS)).toEqual({ kind: 'muted', untilMs: NOW_MS + 600_000 })
    expect(voiceOf(muted, NOW_MS + 600_000).kind).toBe('free')
  })

  it('does not come back from a mute to the end, nor from a ban', () => {
    const toTheEnd = standing({ silence: { kind: 'mute', until: null } })
    expect(voiceOf(toTheEnd, NOW_MS)).toEqual({ kind: 'muted', untilMs: null })
    expect(voiceOf(standing({ silence: { kind: 'ban', until: null } }), NOW_MS).kind).toBe('banned')
  })
})

it.each([
  ['operator', true, true],
  ['host', true, true],
  ['assistant', true, false],
  ['speaker', false, false],
] as const)('an %s moderates: %s; is in charge: %s', (part, moderates, inCharge) => {
  expect(isModerator(standing({ part }))).toBe(moderates)
  expect(isInCharge(standing({ part }))).toBe(inCharge)
})
