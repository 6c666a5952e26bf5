/** A question that must be answered before something is undone. */

import { onMounted } from 'vue'
import { whenIdle } from './when_idle'

export interface Question {
  text: string
  yes: string
  no: string
}

// 6 KB that most visits to a page do not need.
const loadDialog = () => import('vant/es/dialog')

/** Call it in a setup function. What it returns asks, and says whether the answer was yes. */
export function useConfirm(): (question: Question) => Promise<boolean> {
  onMounted(() => whenIdle(() => void loadDialog().catch(() => undefined)))
  return confirmed
}

async function confirmed(question: Question): Promise<boolean> {
  const dialog = await loadDialog().catch(() => null)
  // Not to be had without a network: the browser asks in its own way.
  if (dialog === null) return window.confirm(question.text)
  try {
    await dialog.showConfirmDialog({
      message: question.text,
      confirmButtonText: question.yes,
      cancelButtonText: question.no,
    })
    return true
  } catch {
    return false
  }
}
