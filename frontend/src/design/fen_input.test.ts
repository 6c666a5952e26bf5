import { expect, it } from 'vitest'
import { fenOf, typedYuan } from './fen_input'

it.each([
  ['19.9', 1990],
  ['19.90', 1990],
  ['20', 2000],
  ['0.05', 5],
  ['19.999', null],
  ['-1', null],
  ['', null],
])('¥%s is %s fen', (typed, fen) => expect(fenOf(typed)).toBe(fen))

it.each([5, 1990, 200_000])('%s fen come back as they were shown', (fen) => expect(fenOf(typedYuan(fen))).toBe(fen))
