/** Mainland mobile numbers as people type them. Pure. */

/** Digits only, without +86; null where it is no mainland mobile number. */
export function mobileNumber(typed: string): string | null {
  const digits = typed.replace(/[\s-]/g, '').replace(/^(\+86|0086|86(?=1\d{10}$))/, '')
  return /^1[3-9]\d{9}$/.test(digits) ? digits : null
}
