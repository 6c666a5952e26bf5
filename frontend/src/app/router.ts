/** Addresses of the pages, and who may open them. */

import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { accountKnown, useAccount } from '@/features/accounts/use_account'
import type { Role } from '@/protocol/types'

declare module 'vue-router' {
  interface RouteMeta {
    /** The least role that may open it; `viewer` means anybody signed in. */
    role?: Role
    /** Laid out for a desktop, without a phone's column. */
    wide?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', component: () => import('@/pages/CalendarPage.vue') },
  { path: '/events/:id', component: () => import('@/pages/RoomPage.vue'), props: true },
  { path: '/orders', component: () => import('@/pages/OrdersPage.vue'), meta: { role: 'viewer' } },
  { path: '/prizes', component: () => import('@/pages/PrizesPage.vue'), meta: { role: 'viewer' } },
  { path: '/coupons', component: () => import('@/pages/CouponsPage.vue'), meta: { role: 'viewer' } },
  { path: '/following', component: () => import('@/pages/FollowingPage.vue'), meta: { role: 'viewer' } },
  { path: '/me', component: () => import('@/pages/AccountPage.vue') },
  { path: '/sign-in', component: () => import('@/pages/SignInPage.vue') },
  { path: '/host', component: () => import('@/pages/HostEventsPage.vue'), meta: { role: 'host' } },
  {
    path: '/host/events/:id',
    component: () => import('@/pages/HostConsolePage.vue'),
    props: true,
    meta: { role: 'host' },
  },
  { path: '/operator', component: () => import('@/pages/OperatorEventsPage.vue'), meta: { role: 'operator', wide: true } },
  { path: '/operator/claims', component: () => import('@/pages/OperatorClaimsPage.vue'), meta: { role: 'operator' } },
  {
    path: '/operator/events/:id',
    component: () => import('@/pages/OperatorPage.vue'),
    props: true,
    meta: { role: 'operator', wide: true },
  },
  { path: '/forbidden', component: () => import('@/pages/ForbiddenPage.vue') },
  { path: '/:path(.*)*', component: () => import('@/pages/NotFoundPage.vue') },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach(async (to) => {
  const role = to.meta.role
  if (role === undefined) return true
  await accountKnown()
  const { isSignedIn, hasRole } = useAccount()
  if (!isSignedIn.value) return { path: '/sign-in', query: { next: to.fullPath } }
  return hasRole(role) || '/forbidden'
})

// A page of an earlier build asks for a chunk that is gone: the new build has it.
router.onError((error: unknown, to) => {
  if (!/dynamically imported module|Importing a module script failed|preload CSS/i.test(String(error))) return
  if (sessionStorage.getItem('live.reloaded') === to.fullPath) return
  sessionStorage.setItem('live.reloaded', to.fullPath)
  window.location.assign(to.fullPath)
})
