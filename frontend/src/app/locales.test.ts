import { expect, it } from 'vitest'
import en from './locales/en'
import zhCN from './locales/zh-CN'

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
