import { call } from '@/protocol/http_client'
import type { County, Page } from '@/protocol/types'

export interface Province {
  code: string
  name: string
}

export const listProvinces = (): Promise<Page<Province>> => call('GET', '/api/provinces')

export const listCounties = (): Promise<Page<County>> => call('GET', '/api/counties')
