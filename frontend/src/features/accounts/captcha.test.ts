import { expect, it } from 'vitest'
import { Problem } from '@/protocol/problem'
import { challengeOf } from './captcha'

const required = (members: Record<string, string>): Problem =>
  new Problem('captcha_required', 428, null, '', {}, members)

it('a refusal that asks for a captcha names the service and its key', () => {
  expect(challengeOf(required({ captcha: 'turnstile', site_key: 'k' }))).toEqual({ service: 'turnstile', siteKey: 'k' })
})

it.each([
  required({}),
  required({ captcha: 'turnstile' }),
  required({ captcha: 'somebody else', site_key: 'k' }),
  new Problem('too_many_codes', 429, 60, '', {}, { captcha: 'turnstile', site_key: 'k' }),
  new Error('something else'),
])('anything else does not (%s)', (error) => {
  expect(challengeOf(error)).toBeNull()
})
