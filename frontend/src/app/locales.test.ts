import { expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import en from './locales/en'
import zhCN from './locales/zh-CN'
import { compileMessage } from './message_compiler'

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, path = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[path + key, value] as const] : [...flat(value, `${path}${key}.`)],
    ),
  )
}

const chinese = flat(zhCN)
const english = flat(en)
const names = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort()

it('both languages say the same things', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
})

it.each([...chinese])('%s takes the same values in both', (key, text) => {
  expect(names(english.get(key) ?? '')).toEqual(names(text))
})

type Translate = (key: string, values: object, plural: number, options: object) => string

function translator(options: object): Translate {
  const messages = { en: en as never, 'zh-CN': zhCN as never }
  const { global } = createI18n({ legacy: false, locale: 'en', messages, missingWarn: false, ...options })
  return (global as unknown as { t: Translate }).t
}

const translators = [translator({}), translator({ messageCompiler: (message: unknown) => compileMessage(String(message)) })]

it.each([...english.keys()])('%s reads as vue-i18n itself would have it', (key) => {
  for (const [locale, words] of [['en', english], ['zh-CN', chinese]] as const) {
    const values = Object.fromEntries(names(words.get(key) ?? '').map((name) => [name.slice(1, -1), `<${name}>`]))
    const [full, own] = translators.map((t) => [0, 1, 2, 7].map((n) => t(key, { ...values, n }, n, { locale })))
    expect(own).toEqual(full)
    expect(own).not.toContain(key)
  }
})
