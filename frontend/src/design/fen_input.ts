/** Sums of money as people type them. Pure. */

/** Yuan as typed (`19.9`, `19.90`, `20`) in fen; null where it is no price. */
export function fenOf(typed: string): number | null {
  const match = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(typed.trim())
  if (match === null) return null
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}

/** Fen as they would be typed: `19.90`. */
export function typedYuan(fen: number): string {
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
}
