/** The language of the pages: Chinese unless the reader has chosen English. */

import { createI18n } from 'vue-i18n'
import type { LocaleName } from '@/design/format'
import zhCN from './locales/zh-CN'
import { compileMessage } from './message_compiler'

export type Messages = typeof zhCN

declare module 'vue-i18n' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  export interface DefineLocaleMessage extends Messages {}
}

const STORAGE_KEY = 'live.locale'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as LocaleName,
  fallbackLocale: 'zh-CN',
  messageCompiler: (message) => compileMessage(String(message)),
  messages: { 'zh-CN': zhCN, en: {} as Messages },
})

/** The language chosen on an earlier visit. */
export function rememberedLocale(): LocaleName {
  try {
    return localStorage.getItem(STORAGE_KEY) === 'en' ? 'en' : 'zh-CN'
  } catch {
    return 'zh-CN'
  }
}

let hasEnglish = false

/** Switch, loading the words first. */
export async function setLocale(locale: LocaleName): Promise<void> {
  if (locale === 'en' && !hasEnglish) {
    i18n.global.setLocaleMessage('en', (await import('./locales/en')).default)
    hasEnglish = true
  }
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  document.title = i18n.global.t('events.brand')
  try {
    localStorage.setItem(STORAGE_KEY, locale)
  } catch {
    // Switched off: it lasts as long as this page.
  }
}
