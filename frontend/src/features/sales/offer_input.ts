/** What a host types about an offer, as the server wants it. Pure. */

/** Jin as typed (`6`, `4.5`) in grams; null where it is no weight. */
export function gramsOfJin(typed: string): number | null {
  const match = /^(\d{1,5})(?:\.(\d{1,2}))?$/.exec(typed.trim())
  if (match === null) return null
  const grams = Number(match[1]) * 500 + Number((match[2] ?? '').padEnd(2, '0')) * 5
  return grams > 0 ? grams : null
}

export function wholeOf(typed: string): number | null {
  return /^\d{1,9}$/.test(typed.trim()) && Number(typed) > 0 ? Number(typed) : null
}
