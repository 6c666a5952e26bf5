/**
 * Writes src/protocol/generated/ from what the server says of itself: `http.ts` from its OpenAPI
 * description, `room.ts` from the JSON schema of the room's messages. The files are committed,
 * so that a build needs no Python; `--check` fails when they are stale.
 *
 * `--from FILE` reads {"http": …, "room": …} from a file instead of asking ../.venv.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compile } from 'json-schema-to-typescript'
import openapiTypescript, { astToString } from 'openapi-typescript'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const OUT = fileURLToPath(new URL('../src/protocol/generated/', import.meta.url))
const PYTHON = process.env.LIVE_PYTHON ?? `${ROOT}.venv/bin/python`
const BANNER = '/* Generated from the server by `npm run generate`. Do not edit. */\n/* eslint-disable */\n\n'

function askServer() {
  const from = process.argv.indexOf('--from')
  if (from > 0) return JSON.parse(readFileSync(process.argv[from + 1], 'utf8'))
  const text = execFileSync(PYTHON, ['-m', 'tools.protocol_schema'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  return JSON.parse(text)
}

async function httpTypes(openapi) {
  const ast = await openapiTypescript(openapi, { alphabetize: true, defaultNonNullable: false })
  return BANNER + astToString(ast)
}

async function roomTypes(schema) {
  const named = titled(schema)
  const text = await compile(named, 'RoomMessages', {
    additionalProperties: false,
    bannerComment: '',
    unreachableDefinitions: true,
    style: { semi: false, singleQuote: true, printWidth: 100 },
  })
  const noise = / \*(?:\n \*)? This interface was referenced by `RoomMessages`'s JSON-Schema\n \* via the `definition` "\w+"\.\n/g
  return BANNER + text.replace(noise, '').replace(/\/\*\*\n \*\/\n/g, '').replace(/^\s+/, '')
}

/** Titles name the types, so none may appear twice: every definition is titled by its key. */
function titled(schema) {
  const defs = Object.fromEntries(
    Object.entries(schema.$defs).map(([name, def]) => [name, { ...def, title: name }]),
  )
  return { ...schema, $defs: defs }
}

const described = askServer()
const wanted = {
  'http.ts': await httpTypes(described.http),
  'room.ts': await roomTypes(described.room),
}

if (process.argv.includes('--check')) {
  const stale = Object.entries(wanted).filter(([name, text]) => {
    try {
      return readFileSync(OUT + name, 'utf8') !== text
    } catch {
      return true
    }
  })
  if (stale.length > 0) {
    console.error(`stale: ${stale.map(([name]) => name).join(', ')}: run \`npm run generate\` and commit`)
    process.exit(1)
  }
} else {
  mkdirSync(OUT, { recursive: true })
  for (const [name, text] of Object.entries(wanted)) writeFileSync(OUT + name, text)
}
