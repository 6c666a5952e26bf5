/** Handing an address on: through the device's own sheet where there is one, or the clipboard. */

export interface Shared {
  readonly title: string
  readonly text: string
  readonly url: string
}

export function canShare(shared: Shared): boolean {
  return typeof navigator.share === 'function' && (navigator.canShare?.(shared) ?? true)
}

/** Whether it was handed on; false where the reader thought better of it, or it failed. */
export async function share(shared: Shared): Promise<boolean> {
  try {
    await navigator.share(shared)
    return true
  } catch {
    return false
  }
}

/** Whether the text is on the clipboard now. Browsers keep it from pages that came over plain HTTP. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
