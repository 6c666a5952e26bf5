/// <reference types="vitest/config" />
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// Where `npm run dev` and `npm run preview` find a server: the real one, or dev/fake_server.mjs.
const SERVER = process.env.LIVE_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [vue()],
  define: {
    // vue-i18n's composition API only; its legacy API and devtools stay out of the bundle.
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
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
          // Two dozen chunks of 1 KB each cost a phone more than they save.
          groups: [
            { name: 'vue', test: /node_modules[\\/](@?vue|vue-|@intlify)/, priority: 2 },
            { name: 'common', test: /src[\\/]|node_modules[\\/](vant|@vant)/, minShareCount: 2, priority: 1 },
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
})
