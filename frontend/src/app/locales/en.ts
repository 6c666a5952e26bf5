/** Every feature's words in English: the same keys as `zh-CN.ts`, which a test holds. */
import accounts from '@/features/accounts/locales/en.json'
import catalog from '@/features/catalog/locales/en.json'
import claims from '@/features/claims/locales/en.json'
import coupons from '@/features/coupons/locales/en.json'
import events from '@/features/events/locales/en.json'
import following from '@/features/following/locales/en.json'
import giveaways from '@/features/giveaways/locales/en.json'
import moderation from '@/features/moderation/locales/en.json'
import room from '@/features/room/locales/en.json'
import sales from '@/features/sales/locales/en.json'
import waiting from '@/features/waiting/locales/en.json'
import design from '@/design/locales/en.json'
import protocol from '@/protocol/locales/en.json'
import pages from '@/pages/locales/en.json'

export default {
  ...accounts, ...catalog, ...claims, ...coupons, ...events, ...following, ...giveaways, ...moderation, ...room, ...sales, ...waiting,
  ...design, ...protocol, ...pages,
}
