/// <reference types="vitest/config" />
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// Where `npm run dev` and `npm run preview` find a server: the real one, or dev/fake_server.mjs.
const SERVER = process.env.LIVE_SERVER ?? 'http://127.0.0.1:8080'

const SHARED = /src[\\/]|node_modules[\\/](vant|@vant)/
/** What several pages share, and others do without; a part may need those before it. */
const PARTS = {
  fields: /src[\\/]design[\\/](components[\\/](FieldFrame|FormStack|SelectField|TextField|UnitStepper)|use_form|fen_input)/,
  account_forms: /src[\\/](features[\\/]accounts[\\/](components[\\/](Address|Captcha|SignInForm)|captcha|phone)|pages[\\/]ShippingChoice)/,
  lists: /src[\\/](design[\\/]components[\\/](FilterTabs|PageHeader)|features[\\/]events[\\/]calendar)|vant[\\/]es[\\/]pull-refresh/,
  offers: /src[\\/]features[\\/]sales[\\/]components[\\/]Offer(List|Row)\./,
  live: /src[\\/](features[\\/](room|moderation)[\\/](?!locales)|protocol[\\/](feed|room_)|pages[\\/](ModeratedLog|use_talk|use_watched_event))/,
}

export default defineConfig(({ command }) => ({
  plugins: [vue()],
  define: {
    // Vue's and vue-i18n's composition API only; what else they can do stays out of the bundle, and
    // so does vue-i18n's compiler (app/message_compiler.ts is used instead).
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __VUE_OPTIONS_API__: false,
    // Tests compare with it.
    __INTLIFY_DROP_MESSAGE_COMPILER__: command === 'build',
  },
  resolve: {
    alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) },
  },
  build: {
    outDir: fileURLToPath(new URL('../live/web/static', import.meta.url)),
    emptyOutDir: true,
    // Two years old; what Vue 3 itself asks for is older.
    target: ['chrome107', 'safari16', 'firefox104'],
    // ECharts; only the operator's page loads it, and scripts/bundle_size.mjs holds that.
    chunkSizeWarningLimit: 700,
    manifest: 'manifest.json',
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Two dozen chunks of 1 KB each cost a phone more than they save: what pages share is one
          // chunk, but for what only some of them draw.
          groups: [
            { name: 'vue', test: /node_modules[\\/](@?vue|vue-|@intlify)/, priority: 12 },
            { name: 'common', test: (id) => SHARED.test(id) && !Object.values(PARTS).some((part) => part.test(id)), minShareCount: 2, priority: 11 },
            // Never below 0: Rolldown takes that for a very high one.
            ...Object.entries(PARTS).map(([name, test], n) => ({ name, test, minShareCount: 2, priority: 10 - n })),
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': { target: SERVER, ws: true } },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
  },
}))
