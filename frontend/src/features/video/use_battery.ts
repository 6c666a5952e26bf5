/** How long the phone on the tripod will last, where the browser tells. */

import { onScopeDispose, readonly, ref, type Ref } from 'vue'

interface Battery extends EventTarget {
  readonly level: number
  readonly charging: boolean
}

export interface BatteryState {
  /** 0..1 */
  readonly level: number
  readonly isCharging: boolean
}

export function useBattery(): Readonly<Ref<BatteryState | null>> {
  const state = ref<BatteryState | null>(null)
  const ask = (navigator as Navigator & { getBattery?: () => Promise<Battery> }).getBattery
  let stop = (): void => undefined
  void ask?.call(navigator).then((battery) => {
    const follow = (): void => {
      state.value = { level: battery.level, isCharging: battery.charging }
    }
    follow()
    battery.addEventListener('levelchange', follow)
    battery.addEventListener('chargingchange', follow)
    stop = () => {
      battery.removeEventListener('levelchange', follow)
      battery.removeEventListener('chargingchange', follow)
    }
  })
  onScopeDispose(() => stop())
  return readonly(state)
}
