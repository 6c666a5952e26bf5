/**
 * One order, exactly once, over a network that loses answers.
 *
 * The idempotency key is saved before the first attempt, and every repeat carries the same key
 * and the same body: the server then answers with the order it already has. Only a final answer
 * forgets the key. What is still unknown when the page closes is asked again when it reopens.
 */

import { asProblem, type Problem } from '@/protocol/problem'
import type { Order, OrderCreate } from '@/protocol/types'

export interface Intent {
  readonly key: string
  readonly offerId: string
  readonly eventId: string
  readonly buyerId: string
  readonly body: OrderCreate
  /** ms since the epoch, by this device. */
  readonly startedMs: number
}

export type Outcome =
  | { readonly kind: 'reserved'; readonly order: Order }
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** Nobody knows; the intent is kept and may be repeated at any time. */
  | { readonly kind: 'unknown'; readonly problem: Problem }

export interface Ports {
  post(intent: Intent, timeoutMs: number): Promise<Order>
  save(intent: Intent): void
  forget(intent: Intent): void
  wait(ms: number): Promise<void>
  /** In [0, 1). */
  random(): number
}

export const ATTEMPTS_MAX = 4
export const ATTEMPT_TIMEOUT_MS = 5_000
const BACKOFF_MS = 400
const WAIT_MAX_MS = 5_000

export async function placeOrder(intent: Intent, ports: Ports): Promise<Outcome> {
  ports.save(intent)
  let isUnknown = false
  for (let attempt = 1; ; attempt += 1) {
    try {
      const order = await ports.post(intent, ATTEMPT_TIMEOUT_MS)
      ports.forget(intent)
      return { kind: 'reserved', order }
    } catch (error) {
      const problem = asProblem(error)
      isUnknown ||= problem.isUnknownOutcome
      // Turns are minutes away, so "not your turn" is an answer; unless an earlier attempt may
      // have been taken and is still on its way.
      if (!problem.isRetryable || (problem.code === 'waiting' && !isUnknown)) {
        ports.forget(intent)
        return { kind: 'refused', problem }
      }
      if (attempt === ATTEMPTS_MAX) return given(intent, problem, ports)
      await ports.wait(waitMs(problem, attempt, ports.random()))
    }
  }
}

/** After the last attempt: "too many requests" means that it was never looked at. */
function given(intent: Intent, problem: Problem, ports: Ports): Outcome {
  if (problem.isUnknownOutcome) return { kind: 'unknown', problem }
  ports.forget(intent)
  return { kind: 'refused', problem }
}

function waitMs(problem: Problem, attempt: number, random: number): number {
  const namedMs = (problem.retryAfterSeconds ?? 0) * 1000
  const jitterMs = random * BACKOFF_MS * 2 ** attempt
  return Math.min(namedMs + jitterMs, WAIT_MAX_MS)
}
