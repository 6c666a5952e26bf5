import { expect, it } from 'vitest'
import { mobileNumber } from './phone'

it.each([
  ['13800138000', '13800138000'],
  ['138 0013 8000', '13800138000'],
  ['+86 138-0013-8000', '13800138000'],
  ['8613800138000', '13800138000'],
  ['12800138000', null],
  ['1380013800', null],
  ['', null],
])('%s is %s', (typed, number) => expect(mobileNumber(typed)).toBe(number))
