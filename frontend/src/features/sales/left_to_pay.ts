/** Which order a buyer has left this page for, to pay it on the provider's own; of this tab alone. */

const KEY = 'live.left_to_pay'

/** @param go leaves the page. */
export function leaveToPay(orderId: string, go: () => void): void {
  try {
    sessionStorage.setItem(KEY, orderId)
  } catch {
    // Private windows may refuse: then the order is not waited for after the return, just shown.
  }
  go()
}

export function leftToPay(): string | null {
  try {
    return sessionStorage.getItem(KEY)
  } catch {
    return null
  }
}

export function forgetLeft(): void {
  try {
    sessionStorage.removeItem(KEY)
  } catch {
    // Nothing was kept either.
  }
}
