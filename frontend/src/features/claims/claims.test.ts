import { describe, expect, it } from 'vitest'
import type { Claim, Order } from '@/protocol/types'
import { estimateFen, isClaimable, leftFen } from './claims'

const NOW_MS = Date.parse('2020-02-23T10:00:00Z')
const ORDER = {
  status: 'delivered',
  units: 3,
  amount_fen: 1000,
  claim_by: '2020-02-23T10:00:00.000Z',
  claims: [],
} as unknown as Order
const claimed = (...claims: Partial<Claim>[]): Order => ({ ...ORDER, claims: claims as Claim[] })

describe('what a claim comes to', () => {
  it.each([
    [{ units: 1 }, 334],
    [{ units: 3 }, 1000],
    [{ share_percent: 1 }, 10],
    [{ share_percent: 100 }, 1000],
  ])('%o is %s fen', (harm, fen) => expect(estimateFen(ORDER, harm)).toBe(fen))

  it('is no more than is left', () => {
    const order = claimed({ status: 'approved', approved_fen: 900 }, { status: 'rejected', approved_fen: null })
    expect([leftFen(order), estimateFen(order, { units: 1 })]).toEqual([100, 100])
  })
})

describe('when bad fruit may be claimed', () => {
  it('is up to the last millisecond', () => {
    expect([isClaimable(ORDER, NOW_MS), isClaimable(ORDER, NOW_MS + 1)]).toEqual([true, false])
  })

  it.each([
    ['not delivered', { ...ORDER, status: 'shipped' } as Order],
    ['no word until when', { ...ORDER, claim_by: null } as Order],
    ['a claim under way', claimed({ status: 'open', approved_fen: null })],
    ['nothing left', claimed({ status: 'approved', approved_fen: 1000 })],
  ])('is not: %s', (_why, order) => expect(isClaimable(order, NOW_MS)).toBe(false))
})
