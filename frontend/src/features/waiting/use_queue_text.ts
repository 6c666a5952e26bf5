import { useText } from '@/design/use_text'
import type { QueueView } from './queue_view'

/** What stands on the order button while others order first, in lines; none where one may order. */
export function useQueueText(): (view: QueueView) => readonly string[] {
  const { t, grouped } = useText()
  return (view) => {
    switch (view.kind) {
      case 'waiting':
        return [
          t('waiting.position', { n: grouped(view.position) }),
          t('waiting.minutes', { n: grouped(view.minutes) }, view.minutes),
        ]
      case 'gathering':
        return [t('waiting.in_the_draw')]
      default:
        return []
    }
  }
}
