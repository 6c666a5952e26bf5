import { expect, it } from 'vitest'
import { fenOf, gramsOfJin, wholeOf } from './offer_input'

it.each([
  ['19.9', 1990],
  ['19.90', 1990],
  ['20', 2000],
  ['0.05', 5],
  ['19.999', null],
  ['-1', null],
  ['', null],
])('¥%s is %s fen', (typed, fen) => expect(fenOf(typed)).toBe(fen))

it.each([
  ['6', 3000],
  ['4.5', 2250],
  ['0.25', 125],
  ['0', null],
  ['six', null],
])('%s jin is %s g', (typed, grams) => expect(gramsOfJin(typed)).toBe(grams))

it('a number of boxes is whole and not none', () => {
  expect(['3', '0', '1.5', '-2'].map(wholeOf)).toEqual([3, null, null, null])
})
