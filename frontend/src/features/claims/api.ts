import { call } from '@/protocol/http_client'
import type { Claim, ClaimCase, ClaimCreate, Page } from '@/protocol/types'

const claim = (id: string, verb: string): string => `/api/claims/${encodeURIComponent(id)}/${verb}`

export const fileClaim = (orderId: string, body: ClaimCreate): Promise<Claim> =>
  call('POST', `/api/orders/${encodeURIComponent(orderId)}/claims`, { body })

export const listOpenClaims = (cursor: string | null): Promise<Page<ClaimCase>> =>
  call('GET', cursor === null ? '/api/claims' : `/api/claims?cursor=${encodeURIComponent(cursor)}`)

export const approveClaim = (id: string, amountFen: number): Promise<Claim> =>
  call('POST', claim(id, 'approve'), { body: { amount_fen: amountFen } })

export const rejectClaim = (id: string, reason: string): Promise<Claim> =>
  call('POST', claim(id, 'reject'), { body: { reason } })
