/** Every feature's words in Chinese. A new feature adds one line here and in `en.ts`. */
import accounts from '@/features/accounts/locales/zh-CN.json'
import catalog from '@/features/catalog/locales/zh-CN.json'
import claims from '@/features/claims/locales/zh-CN.json'
import coupons from '@/features/coupons/locales/zh-CN.json'
import events from '@/features/events/locales/zh-CN.json'
import following from '@/features/following/locales/zh-CN.json'
import giveaways from '@/features/giveaways/locales/zh-CN.json'
import moderation from '@/features/moderation/locales/zh-CN.json'
import room from '@/features/room/locales/zh-CN.json'
import sales from '@/features/sales/locales/zh-CN.json'
import waiting from '@/features/waiting/locales/zh-CN.json'
import design from '@/design/locales/zh-CN.json'
import protocol from '@/protocol/locales/zh-CN.json'
import pages from '@/pages/locales/zh-CN.json'

export default {
  ...accounts, ...catalog, ...claims, ...coupons, ...events, ...following, ...giveaways, ...moderation, ...room, ...sales, ...waiting,
  ...design, ...protocol, ...pages,
}
