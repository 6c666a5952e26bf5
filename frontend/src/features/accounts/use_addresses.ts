/** Where this person has goods sent. The one marked default, or else the first, is the remembered one. */

import { computed, ref, shallowRef } from 'vue'
import type { Address, AddressUpdate } from '@/protocol/types'
import { addAddress, changeAddress, listAddresses, removeAddress } from './api'

export function useAddresses() {
  const addresses = shallowRef<readonly Address[]>([])
  const isLoading = ref(false)
  const problem = shallowRef<unknown>(null)

  async function load(): Promise<void> {
    isLoading.value = true
    problem.value = null
    try {
      addresses.value = (await listAddresses()).items
    } catch (error) {
      problem.value = error
    } finally {
      isLoading.value = false
    }
  }

  /** Throws Problem. */
  async function save(address: AddressUpdate, id?: string): Promise<Address> {
    const saved = id === undefined ? await addAddress(address) : await changeAddress(id, address)
    await load()
    return saved
  }

  /** Throws Problem. */
  async function remove(id: string): Promise<void> {
    await removeAddress(id)
    await load()
  }

  const remembered = computed(
    () => addresses.value.find((address) => address.is_default) ?? addresses.value[0] ?? null,
  )
  return { addresses, remembered, isLoading, problem, load, save, remove }
}
