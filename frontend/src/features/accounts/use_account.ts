/** Who is signed in: one answer for the whole page, asked of the server once at the start. */

import { computed, readonly, shallowRef } from 'vue'
import { asProblem } from '@/protocol/problem'
import type { Account, Role } from '@/protocol/types'
import { endSession, readMe, renameMe, startSession } from './api'

const RANK: Record<Role, number> = { viewer: 0, host: 1, operator: 2 }

/** null: nobody. */
const account = shallowRef<Account | null>(null)
let asked: Promise<void> | undefined

/** Resolves once the server has said who we are; a failed question is asked again by the next. */
export function accountKnown(): Promise<void> {
  asked ??= refresh().catch(() => {
    asked = undefined
  })
  return asked
}

/** Ask again: a session may have ended meanwhile. Throws Problem where no answer came. */
async function refresh(): Promise<void> {
  try {
    account.value = await readMe()
  } catch (error) {
    if (asProblem(error).status !== 401) throw error
    account.value = null
  }
}

async function signIn(phone: string, code: string): Promise<Account> {
  const session = await startSession(phone, code)
  account.value = session.account
  asked = Promise.resolve()
  return session.account
}

async function signOut(): Promise<void> {
  try {
    await endSession()
  } catch (error) {
    if (asProblem(error).status !== 401) throw error
  }
  account.value = null
}

async function rename(name: string): Promise<void> {
  account.value = await renameMe(name)
}

export function useAccount() {
  return {
    account: readonly(account),
    isSignedIn: computed(() => account.value !== null),
    hasRole: (role: Role): boolean => account.value !== null && RANK[account.value.role] >= RANK[role],
    refresh,
    signIn,
    signOut,
    rename,
  }
}
