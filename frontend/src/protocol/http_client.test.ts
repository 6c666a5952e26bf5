import { afterEach, describe, expect, it, vi } from 'vitest'
import { call } from './http_client'
import type { Problem } from './problem'

afterEach(() => vi.unstubAllGlobals())

function answers(body: string, init: ResponseInit): ReturnType<typeof vi.fn> {
  const fake = vi.fn(async () => new Response(init.status === 204 ? null : body, init))
  vi.stubGlobal('fetch', fake)
  return fake
}

const refusal = (): Promise<Problem> => call('GET', '/api/x').then(() => Promise.reject(new Error('no refusal')), (error: Problem) => error)

describe('an answer', () => {
  it('is decoded', async () => {
    answers('{"a":1}', { status: 200 })
    expect(await call('GET', '/api/x')).toEqual({ a: 1 })
  })

  it('may be empty', async () => {
    answers('', { status: 204 })
    expect(await call('DELETE', '/api/x')).toBeUndefined()
  })

  it('that is garbled leaves the outcome unknown', async () => {
    answers('<html>', { status: 200 })
    expect(await refusal()).toMatchObject({ code: 'unreadable', isUnknownOutcome: true })
  })
})

describe('a refusal', () => {
  it('carries its code, fields and time to wait', async () => {
    answers('{"code":"too_many_tries","detail":"d","fields":{"phone":"f"},"captcha":"c"}', { status: 429, headers: { 'Retry-After': '7' } })
    expect(await refusal()).toMatchObject({
      code: 'too_many_tries',
      status: 429,
      retryAfterSeconds: 7,
      fields: { phone: 'f' },
      members: { captcha: 'c' },
      isRetryable: true,
      isUnknownOutcome: false,
    })
  })

  it.each(['<html>Bad gateway</html>', '7', 'null', ''])('by a proxy (%s) still has a code', async (body) => {
    answers(body, { status: 502 })
    expect(await refusal()).toMatchObject({ code: 'http_502', isUnknownOutcome: true })
  })
})

it('no answer is told apart from a slow one', async () => {
  vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('Failed to fetch'))))
  expect(await refusal()).toMatchObject({ code: 'unreachable', status: 0 })
  vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new DOMException('t', 'TimeoutError'))))
  expect(await refusal()).toMatchObject({ code: 'timeout', status: 0 })
})

it('a write carries its key and body', async () => {
  const fake = answers('{}', { status: 201 })
  await call('POST', '/api/x', { body: { units: 1 }, idempotencyKey: 'k' })
  const [, init] = fake.mock.calls[0] as unknown as [string, RequestInit]
  expect(init).toMatchObject({ method: 'POST', body: '{"units":1}', credentials: 'same-origin' })
  expect(init.headers).toMatchObject({ 'Idempotency-Key': 'k', 'Content-Type': 'application/json' })
})
