import { expect, it } from 'vitest'
import { readDrop } from './drop_input'

const TYPED = { title: ' 开场券 ', off: '5', minSpend: '50', quantity: '100', minutes: '5', hours: '4' }

it('yuan, minutes and hours become fen and seconds', () => {
  expect(readDrop(TYPED)).toEqual({
    terms: { title: '开场券', off_fen: 500, min_spend_fen: 5_000, quantity: 100, claim_seconds: 300, use_seconds: 14_400 },
    bad: {},
  })
})

it.each([
  ['no title', { title: ' ' }, { title: 'title' }],
  ['nothing off', { off: '0' }, { off_fen: 'off' }],
  ['no sum', { off: '五' }, { off_fen: 'off' }],
  ['all of it off', { off: '50' }, { min_spend_fen: 'min_spend' }],
  ['no least', { minSpend: '' }, { min_spend_fen: 'min_spend' }],
  ['none', { quantity: '0' }, { quantity: 'quantity' }],
  ['half of one', { quantity: '1.5' }, { quantity: 'quantity' }],
  ['nothing at all', { off: '', minSpend: '' }, { off_fen: 'off', min_spend_fen: 'min_spend' }],
])('%s is refused', (_, typed, bad) => {
  expect(readDrop({ ...TYPED, ...typed })).toEqual({ terms: null, bad })
})
