/** Widgets that tell people from machines: loaded only where the server asks for one. */

import { asProblem } from '@/protocol/problem'

export type CaptchaService = 'turnstile' | 'hcaptcha' | 'recaptcha'

/** What the server sends along with `captcha_required`. */
export interface CaptchaChallenge {
  service: CaptchaService
  siteKey: string
}

interface WidgetApi {
  render(element: HTMLElement, options: Record<string, unknown>): string | number
  remove?(id: string | number): void
  ready?(callback: () => void): void
}

interface Service {
  script: string
  /** The name under which the script leaves its API in `window`. */
  api: 'turnstile' | 'hcaptcha' | 'grecaptcha'
}

const SERVICES: Record<CaptchaService, Service> = {
  turnstile: { script: 'https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit', api: 'turnstile' },
  hcaptcha: { script: 'https://js.hcaptcha.com/1/api.js?render=explicit', api: 'hcaptcha' },
  recaptcha: { script: 'https://www.recaptcha.net/recaptcha/api.js?render=explicit', api: 'grecaptcha' },
}

/** The challenge in a refusal; null where it is another one. */
export function challengeOf(error: unknown): CaptchaChallenge | null {
  const { code, members } = asProblem(error)
  const { captcha, site_key: siteKey } = members
  if (code !== 'captcha_required' || !siteKey || !captcha || !(captcha in SERVICES)) return null
  return { service: captcha as CaptchaService, siteKey }
}

export interface WidgetEvents {
  onSolved(token: string): void
  /** The service cannot be reached, or has given up. */
  onFailed(): void
}

/** Shows a widget in `element`. Resolves with what takes it away again. */
export async function showWidget(
  element: HTMLElement,
  challenge: CaptchaChallenge,
  events: WidgetEvents,
): Promise<() => void> {
  const service = SERVICES[challenge.service]
  try {
    await loadScript(service.script)
    const api = await readyApi(service.api)
    const id = api.render(element, {
      sitekey: challenge.siteKey,
      callback: events.onSolved,
      'error-callback': events.onFailed,
    })
    return () => api.remove?.(id)
  } catch {
    events.onFailed()
    return () => undefined
  }
}

const loaded = new Map<string, Promise<void>>()

/** Each script once; one that failed is tried again the next time. */
function loadScript(src: string): Promise<void> {
  const known = loaded.get(src)
  if (known !== undefined) return known
  const loading = new Promise<void>((resolve, reject) => {
    const script = document.createElement('script')
    script.src = src
    script.async = true
    script.onload = () => resolve()
    script.onerror = () => {
      loaded.delete(src)
      script.remove()
      reject(new Error(`cannot load ${src}`))
    }
    document.head.append(script)
  })
  loaded.set(src, loading)
  return loading
}

/** reCAPTCHA's API is there before it may be used. */
function readyApi(name: Service['api']): Promise<WidgetApi> {
  const api = (window as unknown as Record<string, WidgetApi | undefined>)[name]
  if (api === undefined) return Promise.reject(new Error(`no ${name}`))
  if (name !== 'grecaptcha' || api.ready === undefined) return Promise.resolve(api)
  return new Promise((resolve) => api.ready?.(() => resolve(api)))
}
