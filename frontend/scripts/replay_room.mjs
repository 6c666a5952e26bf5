/**
 * The pages' own room, frame by frame: `node scripts/replay_room.mjs [room_state.ts]`.
 *
 * Reads histories, a line each: a JSON list of the frames that reached one viewer. Answers each with
 * a line: for every frame, whether it showed a hole, and the state after it.
 * tests/property/test_room_replay.py compares that with what the server meant.
 */
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { runnerImport } from 'vite'

const OWN = fileURLToPath(new URL('../src/protocol/room_state.ts', import.meta.url))
const { module } = await runnerImport(process.argv[2] ?? OWN, { configFile: false, logLevel: 'error' })
const { apply, EMPTY_ROOM } = module

for await (const line of createInterface({ input: process.stdin })) {
  let state = EMPTY_ROOM
  const shown = JSON.parse(line).map((frame) => {
    const applied = apply(state, frame)
    state = applied.state
    return { is_hole: applied.isHole, state }
  })
  process.stdout.write(JSON.stringify(shown) + '\n')
}
