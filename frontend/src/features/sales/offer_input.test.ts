import { expect, it } from 'vitest'
import { gramsOfJin, wholeOf } from './offer_input'

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
