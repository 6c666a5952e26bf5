import { describe, expect, it } from 'vitest'
import { bareYuan, count, countdown, day, elapsed, jin, jinShort, kilograms, netWeight, percent, yuan, yuanShort } from './format'

describe('money', () => {
  it.each([
    [0, '¥0.00'],
    [5, '¥0.05'],
    [1990, '¥19.90'],
    [123456789, '¥1,234,567.89'],
    [-1990, '−¥19.90'],
  ])('%i fen is %s', (fen, text) => expect(yuan(fen)).toBe(text))

  it('is a bare number where words name the yuan', () => {
    expect([5_000, 550, 129_900, 5].map(bareYuan)).toEqual(['50', '5.50', '1,299', '0.05'])
  })

  it('is short where nobody counts fen', () => {
    expect(yuanShort(99_500_000, 'zh-CN')).toBe('¥99.5万')
    expect(yuanShort(99_500_000, 'en')).toBe('¥995K')
  })
})

describe('weight', () => {
  it.each([
    [250, '250 g', '0.5斤'],
    [1500, '1.5 kg', '3斤'],
    [3000, '3 kg', '6斤'],
    [4750, '4.75 kg', '9.5斤'],
  ])('%i g', (grams, kg, zh) => {
    expect(kilograms(grams)).toBe(kg)
    expect(jin(grams, 'zh-CN')).toBe(zh)
  })

  it('shows both units, as a label must', () => {
    expect(netWeight(3000, 'zh-CN')).toBe('3 kg（6斤）')
    expect(netWeight(3000, 'en')).toBe('3 kg (6 jin)')
  })

  it('of a whole event', () => {
    expect(jinShort(150_000_000, 'zh-CN')).toBe('30万斤')
    expect(jinShort(150_000_000, 'en')).toBe('300K jin')
  })
})

describe('counts', () => {
  it.each([
    [9_999, '9,999', '9,999'],
    [10_000, '1万', '10K'],
    [12_999, '1.2万', '12.9K'],
    [70_000_000, '7000万', '70M'],
    [670_000_000, '6.7亿', '670M'],
  ])('%i', (value, zh, en) => {
    expect(count(value, 'zh-CN')).toBe(zh)
    expect(count(value, 'en')).toBe(en)
  })
})

it('a share is neither nothing nor all before it is', () => {
  expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual(['0%', '<1%', '50%', '99%', '100%'])
})

describe('time left', () => {
  it.each([
    [-5, '00:00'],
    [1, '00:01'],
    [59_000, '00:59'],
    [872_000, '14:32'],
    [3_723_000, '1:02:03'],
  ])('%i ms is %s', (ms, text) => expect(countdown(ms)).toBe(text))

  it('and passed: never ahead of the clock', () => expect(elapsed(1_999)).toBe('00:01'))
})

describe('days', () => {
  const now = new Date(2020, 1, 19, 23, 50).getTime()

  it('near ones have names, by the calendar and not by 24 hours', () => {
    expect(day(new Date(2020, 1, 20, 0, 10).getTime(), now, 'zh-CN')).toBe('明天')
    expect(day(new Date(2020, 1, 19, 0, 10).getTime(), now, 'en')).toBe('Today')
  })

  it('others have dates', () => {
    expect(day(new Date(2020, 1, 23).getTime(), now, 'zh-CN')).toBe('2月23日周日')
    expect(day(new Date(2020, 1, 23).getTime(), now, 'en')).toMatch(/^Sun,? 23 Feb$/)
  })
})
