// @vitest-environment node
/** Words can be read: WCAG contrast of the pairs that the pages use, computed from tokens.css. */

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
const tokens = new Map([...css.matchAll(/--([\w-]+): (#[0-9A-F]{6});/g)].map((m) => [m[1]!, m[2]!]))

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light! + 0.05) / (dark! + 0.05)
}

/** The colour of `--scrim` over the brightest picture there can be. */
function scrimOverWhite(): string {
  const [, r, g, b, alpha] = /--scrim: rgb\((\d+) (\d+) (\d+) \/ ([\d.]+)\)/.exec(css)!.map(Number)
  const mixed = [r!, g!, b!].map((channel) => Math.round(channel * alpha! + 255 * (1 - alpha!)))
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

function of(name: string): string {
  const hex = name === 'scrim' ? scrimOverWhite() : tokens.get(name)
  if (hex === undefined) throw new Error(`no token --${name}`)
  return hex
}

const GROUNDS = ['paper', 'raised', 'sunken']
const cross = (words: string[], grounds: string[], least: number): [string, string, number][] =>
  words.flatMap((word) => grounds.map((ground): [string, string, number] => [word, ground, least]))

describe.each([
  ...cross(['ink', 'ink-2', 'ink-3', 'leaf', 'price', 'amber'], GROUNDS, 4.5),
  ...cross(['ink', 'leaf'], ['leaf-tint'], 4.5),
  ...cross(['ink', 'price'], ['price-tint'], 4.5),
  ...cross(['ink', 'amber'], ['amber-tint'], 4.5),
  ...cross(['on-fill'], ['leaf', 'leaf-pressed', 'price', 'amber'], 4.5),
  ...cross(['ink'], ['sun'], 4.5),
  ...cross(['on-stage', 'on-stage-2', 'on-stage-sun'], ['scrim', 'stage'], 4.5),
  ...cross(['on-stage-leaf'], ['stage'], 4.5),
  // A control's edge
  ...cross(['control'], GROUNDS, 3),
  // In the sun
  ...cross(['ink', 'host-ink-2', 'host-leaf', 'host-price', 'host-amber'], ['raised', 'paper'], 7),
  ...cross(['on-fill'], ['host-leaf', 'host-price'], 7),
  ...cross(['ink'], ['sun'], 7),
])('%s on %s', (word, ground, least) => {
  it(`is at least ${least}:1`, () => {
    expect(contrast(of(word), of(ground))).toBeGreaterThanOrEqual(least)
  })
})
