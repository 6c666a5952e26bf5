/**
 * What a phone downloads for each of its pages, gzipped; fails beyond the budget, and when
 * ECharts reaches a phone. Run after `npm run build`.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const STATIC = fileURLToPath(new URL('../../live/web/static/', import.meta.url))
const SCRIPT_KB_MAX = 120
const PHONE_PAGES = ['CalendarPage', 'RoomPage', 'OrdersPage', 'SignInPage', 'AccountPage', 'HostEventsPage', 'HostConsolePage']

const manifest = JSON.parse(readFileSync(`${STATIC}manifest.json`, 'utf8'))
const gzipped = (file) => gzipSync(readFileSync(STATIC + file)).length / 1024
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)

function files(key, found = new Set()) {
  if (found.has(key)) return found
  found.add(key)
  for (const next of manifest[key].imports ?? []) files(next, found)
  return found
}

let failures = 0
for (const page of [...PHONE_PAGES, 'OperatorPage']) {
  const key = Object.keys(manifest).find((name) => name.endsWith(`pages/${page}.vue`))
  const keys = new Set([...files(entry), ...(key ? files(key) : [])])
  const scripts = [...keys].map((name) => manifest[name].file)
  const styles = new Set([...keys].flatMap((name) => manifest[name].css ?? []))
  const scriptKb = scripts.reduce((sum, file) => sum + gzipped(file), 0)
  const styleKb = [...styles].reduce((sum, file) => sum + gzipped(file), 0)
  const hasCharts = scripts.some((file) => readFileSync(STATIC + file, 'utf8').includes('echarts'))
  const isPhone = PHONE_PAGES.includes(page)
  const bad = isPhone && (scriptKb > SCRIPT_KB_MAX || hasCharts)
  failures += bad
  console.log(
    `${page.padEnd(20)} scripts ${scriptKb.toFixed(1).padStart(6)} KB  styles ${styleKb.toFixed(1).padStart(5)} KB  ${String(scripts.length).padStart(2)} files${bad ? '  TOO BIG' : ''}`,
  )
}
process.exit(failures ? 1 : 0)
