/** ECharts cut down to what the operator's page draws, in the pages' colours. Never in a phone's chunk. */

import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use, type ECharts } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer])

/** The value of a token, such as `leaf`. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

export function makeChart(element: HTMLElement): ECharts {
  return init(element, null, { renderer: 'canvas' })
}

/** Axes, words and tooltip that every chart shares. */
export function baseOptions() {
  const words = { color: token('ink-2'), fontSize: 12, fontFamily: token('font') }
  const line = { lineStyle: { color: token('divider') } }
  return {
    words,
    textStyle: words,
    animation: false,
    grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: words },
    tooltip: {
      trigger: 'axis' as const,
      backgroundColor: token('raised'),
      borderColor: token('divider'),
      textStyle: { ...words, color: token('ink') },
    },
    axis: { axisLine: line, axisTick: { show: false }, axisLabel: words, splitLine: line },
  }
}
