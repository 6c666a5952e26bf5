/** A question that must be answered before something is undone. */

import { showConfirmDialog } from 'vant'

export interface Question {
  text: string
  yes: string
  no: string
}

export async function confirmed(question: Question): Promise<boolean> {
  try {
    await showConfirmDialog({
      message: question.text,
      confirmButtonText: question.yes,
      cancelButtonText: question.no,
    })
    return true
  } catch {
    return false
  }
}
