/** Provinces and counties as choices. They hardly ever change: asked once, kept for the page. */

import { computed, shallowRef } from 'vue'
import { useText } from '@/design/use_text'
import type { County } from '@/protocol/types'
import { PROVINCE_NAMES_EN } from './province_names'
import { listCounties, listProvinces, type Province } from './api'

const provinces = shallowRef<readonly Province[]>([])
const counties = shallowRef<readonly County[]>([])

async function loadProvinces(): Promise<void> {
  if (provinces.value.length === 0) provinces.value = (await listProvinces()).items
}

async function loadCounties(): Promise<void> {
  if (counties.value.length === 0) counties.value = (await listCounties()).items
}

export function usePlaces() {
  const { locale } = useText()
  const provinceChoices = computed(() =>
    provinces.value.map(({ code, name }) => ({
      value: code,
      label: (locale.value === 'en' && PROVINCE_NAMES_EN[code]) || name,
    })),
  )
  const countyChoices = computed(() =>
    counties.value.map((county) => ({
      value: county.code,
      label: locale.value === 'en' ? `${county.name_en} ${county.name}` : `${county.province_name} ${county.name}`,
    })),
  )
  const provinceName = (code: string): string =>
    provinceChoices.value.find((choice) => choice.value === code)?.label ?? code
  return { provinceChoices, countyChoices, provinceName, loadProvinces, loadCounties }
}
