import { createApp } from 'vue'
import '@/design/tokens.css'
import '@/design/base.css'
import '@/design/vant_styles'
import '@/design/vant.css'
import { accountKnown } from '@/features/accounts/use_account'
import App from './App.vue'
import { i18n, rememberedLocale, setLocale } from './i18n'
import { router } from './router'

void accountKnown()
await setLocale(rememberedLocale())
createApp(App).use(i18n).use(router).mount('#app')
