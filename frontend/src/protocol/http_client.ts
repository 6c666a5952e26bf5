/** The only caller of `fetch`: JSON in, JSON out, every failure a Problem. */

import { asProblem, Problem } from './problem'
import { observeServerTime } from './server_clock'

const TIMEOUT_MS = 10_000

export interface CallOptions {
  body?: unknown
  /** Makes a write safe to repeat. */
  idempotencyKey?: string
  timeoutMs?: number
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/**
 * The decoded answer; undefined for an empty one.
 *
 * Throws Problem: the server's own, or `offline`, `timeout`, `unreachable`, `unreadable`.
 */
export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
  const answer = await send(method, path, options)
  const date = Date.parse(answer.headers.get('Date') ?? '')
  observeServerTime(date, 1000)
  if (!answer.ok) throw await refusal(answer)
  const text = await readText(answer)
  if (text === '') return undefined as T
  try {
    return JSON.parse(text) as T
  } catch {
    throw new Problem('unreadable', 0)
  }
}

async function send(method: Method, path: string, options: CallOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  if (options.idempotencyKey !== undefined) headers['Idempotency-Key'] = options.idempotencyKey
  try {
    return await fetch(path, {
      method,
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
    })
  } catch (error) {
    throw noAnswer(error)
  }
}

async function readText(answer: Response): Promise<string> {
  try {
    return await answer.text()
  } catch (error) {
    throw noAnswer(error)
  }
}

function noAnswer(error: unknown): Problem {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new Problem('timeout', 0)
  }
  return new Problem(navigator.onLine ? 'unreachable' : 'offline', 0, null, asProblem(error).detail)
}

interface ProblemBody {
  code?: unknown
  detail?: unknown
  fields?: unknown
}

async function refusal(answer: Response): Promise<Problem> {
  const wait = Number.parseInt(answer.headers.get('Retry-After') ?? '', 10)
  const retryAfterSeconds = Number.isNaN(wait) ? null : wait
  let body: ProblemBody = {}
  try {
    const read: unknown = await answer.json()
    if (typeof read === 'object' && read !== null) body = read
  } catch {
    // Not ours: a proxy's page. The status says enough.
  }
  const code = typeof body.code === 'string' ? body.code : `http_${answer.status}`
  const detail = typeof body.detail === 'string' ? body.detail : ''
  return new Problem(code, answer.status, retryAfterSeconds, detail, texts(body.fields), texts(body))
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, string>) : {}
}
