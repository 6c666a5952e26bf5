import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Problem } from './problem'
import {
  ANSWER_TIMEOUT_MS,
  RESYNC_AGAIN_MS,
  RoomConnection,
  SILENCE_MS,
  TOO_MANY_WAIT_MS,
  type ConnectionStatus,
  type Socket,
} from './room_connection'
import { aSnapshot, aTick, chat } from './samples'

/** A server that does nothing unless the test says so. */
class FakeServer {
  readonly sockets: FakeSocket[] = []
  random = 0.5

  openSocket = (address: string): FakeSocket => {
    const socket = new FakeSocket(address)
    this.sockets.push(socket)
    return socket
  }

  get last(): FakeSocket {
    return this.sockets.at(-1)!
  }
}

class FakeSocket implements Socket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readonly heard: Record<string, unknown>[] = []
  isClosed = false

  constructor(readonly address: string) {}

  send(text: string): void {
    this.heard.push(JSON.parse(text))
  }

  close(): void {
    this.isClosed = true
  }

  says(message: unknown): void {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) })
  }

  dies(code: number): void {
    this.onclose?.({ code })
  }
}

const server = { current: new FakeServer() }
const statuses: [ConnectionStatus, number | null][] = []
let connection: RoomConnection

beforeEach(() => {
  vi.useFakeTimers()
  server.current = new FakeServer()
  statuses.length = 0
  connection = new RoomConnection(
    'ws://here/room',
    {
      onState: () => {},
      onStatus: (status, code) => statuses.push([status, code]),
      onServerTime: () => {},
      onNotice: () => {},
      onSales: () => {},
    },
    { openSocket: server.current.openSocket, random: () => server.current.random },
  )
  connection.start()
})

afterEach(() => {
  connection.stop()
  vi.useRealTimers()
})

function join(): FakeSocket {
  server.current.last.says(aSnapshot())
  return server.current.last
}

describe('coming back', () => {
  it('resumes from the last feed position, within the window that the server named', () => {
    join().dies(1001)
    expect(statuses.at(-1)).toEqual(['reconnecting', null])
    vi.advanceTimersByTime(1_999)
    expect(server.current.sockets).toHaveLength(1)
    vi.advanceTimersByTime(1) // 0.5 of 4 s
    expect(server.current.last.address).toBe('ws://here/room?since=a.1-0')
    server.current.last.says(aSnapshot({ n: 3 }))
    expect(statuses.at(-1)).toEqual(['open', null])
  })

  it('spreads over the whole window', () => {
    server.current.random = 0
    join().dies(1006)
    vi.advanceTimersByTime(0)
    expect(server.current.sockets).toHaveLength(2)
  })

  it('waits longer each time it fails, and a minute at most', () => {
    join().dies(1006)
    for (const waitMs of [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = server.current.sockets.length
      vi.advanceTimersByTime(waitMs - 1)
      expect(server.current.sockets).toHaveLength(before)
      vi.advanceTimersByTime(1)
      expect(server.current.sockets).toHaveLength(before + 1)
      server.current.last.dies(1006)
    }
  })

  it('does not wait when the network is said to be back', () => {
    join().dies(1006)
    connection.hurry()
    expect(server.current.sockets).toHaveLength(2)
    connection.hurry()
    expect(server.current.sockets).toHaveLength(2)
  })

  it('gives a server that heard too much time to forget', () => {
    join().dies(4029)
    vi.advanceTimersByTime(TOO_MANY_WAIT_MS)
    expect(server.current.sockets).toHaveLength(1)
    vi.advanceTimersByTime(2_000)
    expect(server.current.sockets).toHaveLength(2)
  })

  it.each([1008, 1009, 1007])('never, after %i', (code) => {
    join().dies(code)
    vi.advanceTimersByTime(600_000)
    expect(server.current.sockets).toHaveLength(1)
    expect(statuses.at(-1)).toEqual(['stopped', code])
  })

  it('never, after leaving', () => {
    join()
    connection.stop()
    vi.advanceTimersByTime(600_000)
    expect(server.current.sockets).toHaveLength(1)
    expect(server.current.last.isClosed).toBe(true)
  })
})

describe('silence', () => {
  it('of 25 seconds is a dead socket, whatever the socket says', () => {
    const socket = join()
    vi.advanceTimersByTime(SILENCE_MS - 1)
    socket.says(aTick(11))
    vi.advanceTimersByTime(SILENCE_MS - 1)
    expect(statuses.at(-1)?.[0]).toBe('open')
    vi.advanceTimersByTime(1)
    expect(statuses.at(-1)?.[0]).toBe('reconnecting')
    expect(socket.isClosed).toBe(true)
  })

  it('before the first word counts too', () => {
    vi.advanceTimersByTime(SILENCE_MS)
    expect(statuses.at(-1)?.[0]).toBe('reconnecting')
  })
})

describe('a hole', () => {
  it('asks once for what follows the last entry, and again when nothing comes', () => {
    const socket = join()
    socket.says(aTick(11, { feed: [chat('a.2-0')], feed_id: 'a.2-0' }))
    socket.says(aTick(13))
    socket.says(aTick(14))
    expect(socket.heard).toEqual([{ type: 'resync', since: 'a.2-0' }])
    vi.advanceTimersByTime(RESYNC_AGAIN_MS)
    expect(socket.heard).toHaveLength(2)
    socket.says(aSnapshot({ n: 14 }))
    socket.says(aTick(15, { viewers: 3 }))
    vi.advanceTimersByTime(RESYNC_AGAIN_MS)
    expect(socket.heard).toHaveLength(2)
    expect(connection.state.viewers).toBe(3)
  })

  it('is not seen in ticks that overtake the first snapshot', () => {
    server.current.last.says(aTick(9))
    expect(server.current.last.heard).toEqual([])
  })
})

describe('speaking', () => {
  it('is answered by the message with the same ref', async () => {
    const socket = join()
    const first = connection.say({ type: 'chat', text: '甜吗' })
    const second = connection.say({ type: 'like', count: 3 })
    expect(socket.heard).toEqual([
      { type: 'chat', text: '甜吗', ref: 1 },
      { type: 'like', count: 3, ref: 2 },
    ])
    socket.says({ type: 'problem', code: 'too_soon', ref: 2, retry_after_seconds: 1 })
    socket.says({ type: 'ack', ref: 1 })
    await expect(first).resolves.toMatchObject({ type: 'ack' })
    await expect(second).rejects.toMatchObject({ code: 'too_soon', retryAfterSeconds: 1 })
  })

  it('fails at once while there is no connection, and is not said later', async () => {
    join().dies(1006)
    await expect(connection.say({ type: 'chat', text: '甜吗' })).rejects.toMatchObject({
      code: 'unreachable',
    } satisfies Partial<Problem>)
    connection.hurry()
    expect(join().heard).toEqual([])
  })

  it('fails when the connection is lost before the answer', async () => {
    const socket = join()
    const said = connection.say({ type: 'chat', text: '甜吗' })
    socket.dies(1001)
    await expect(said).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('fails when no answer comes', async () => {
    join()
    const said = connection.say({ type: 'chat', text: '甜吗' })
    const outcome = expect(said).rejects.toMatchObject({ code: 'timeout' })
    await vi.advanceTimersByTimeAsync(ANSWER_TIMEOUT_MS)
    await outcome
  })
})

it('overlooks what it cannot read', () => {
  const socket = join()
  for (const nonsense of ['not json', '7', 'null', '{}', '{"type":"future","x":1}']) socket.says(nonsense)
  socket.says(aTick(11, { viewers: 8 }))
  expect(connection.state.viewers).toBe(8)
})
