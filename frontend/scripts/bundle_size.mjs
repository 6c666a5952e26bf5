/**
 * What a phone downloads for each page before it can be used, gzipped; part of `npm run build`.
 * Fails beyond the budget, and when ECharts reaches a phone.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const STATIC = fileURLToPath(new URL('../../live/web/static/', import.meta.url))
const SCRIPT_KB_MAX = 120
/** Every other page is opened on phones, and held to the budget. */
const DESKTOP_PAGES = ['OperatorPage']

const manifest = JSON.parse(readFileSync(`${STATIC}manifest.json`, 'utf8'))
const gzipped = (file) => gzipSync(readFileSync(STATIC + file)).length / 1024
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
const pages = Object.keys(manifest).filter((key) => /pages\/\w+Page\.vue$/.test(key))

function files(key, found = new Set()) {
  if (found.has(key)) return found
  found.add(key)
  for (const next of manifest[key].imports ?? []) files(next, found)
  return found
}

const measured = pages.map((key) => {
  const chunks = [...new Set([...files(entry), ...files(key)])].map((name) => manifest[name])
  const scripts = chunks.map(({ file }) => file)
  const styles = new Set(chunks.flatMap(({ css }) => css ?? []))
  const kilobytes = (list) => [...list].reduce((sum, file) => sum + gzipped(file), 0)
  const hasCharts = scripts.some((file) => readFileSync(STATIC + file, 'utf8').includes('echarts'))
  const page = key.replace(/.*\/|\.vue$/g, '')
  return { page, scripts: scripts.length, scriptKb: kilobytes(scripts), styleKb: kilobytes(styles), hasCharts }
})

let failures = 0
for (const { page, scripts, scriptKb, styleKb, hasCharts } of measured.sort((a, b) => a.scriptKb - b.scriptKb)) {
  const isBad = !DESKTOP_PAGES.includes(page) && (scriptKb > SCRIPT_KB_MAX || hasCharts)
  failures += isBad
  console.log(
    `${page.padEnd(20)} scripts ${scriptKb.toFixed(1).padStart(6)} KB  styles ${styleKb.toFixed(1).padStart(5)} KB  ${String(scripts).padStart(2)} files${isBad ? '  TOO BIG' : ''}`,
  )
}
if (pages.length === 0) throw new Error('no page is in the manifest')
if (failures > 0) console.error(`A phone may download ${SCRIPT_KB_MAX} KB of scripts for a page, and no charts.`)
process.exit(failures > 0 ? 1 : 0)
