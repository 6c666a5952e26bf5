import { call } from '@/protocol/http_client'
import type { Account, Address, AddressUpdate, Page, Session } from '@/protocol/types'

/** @param captcha the token of a solved one, after `captcha_required`. */
export const requestCode = (phone: string, captcha?: string): Promise<void> =>
  call('POST', '/api/auth/codes', { body: captcha === undefined ? { phone } : { phone, captcha } })

export const startSession = (phone: string, code: string): Promise<Session> =>
  call('POST', '/api/auth/sessions', { body: { phone, code } })

export const endSession = (): Promise<void> => call('DELETE', '/api/auth/sessions')

export const readMe = (): Promise<Account> => call('GET', '/api/me')

export const renameMe = (name: string): Promise<Account> => call('PATCH', '/api/me', { body: { name } })

export const listAddresses = (): Promise<Page<Address>> => call('GET', '/api/addresses')

export const addAddress = (address: AddressUpdate): Promise<Address> =>
  call('POST', '/api/addresses', { body: address })

export const changeAddress = (id: string, address: AddressUpdate): Promise<Address> =>
  call('PUT', `/api/addresses/${encodeURIComponent(id)}`, { body: address })

export const removeAddress = (id: string): Promise<void> =>
  call('DELETE', `/api/addresses/${encodeURIComponent(id)}`)
