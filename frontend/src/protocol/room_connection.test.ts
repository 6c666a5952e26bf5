import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Problem } from './problem'
import {
  ANSWER_TIMEOUT_MS,
  RESYNC_AGAIN_MS,
  RoomConnection,
  SILENCE_MS,
  TOO_MANY_WAIT_MS,
  type Command,
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

  it.each([0.25, 0.75, 0.999])('stays within the window that was named last, at %d of it', (share) => {
    join()
    server.current.last.says(aSnapshot({ n: 11, reconnect_seconds: 2 }))
    server.current.random = share
    server.current.last.dies(1001)
    vi.advanceTimersByTime(Math.ceil(share * 2_000) - 1)
    expect(server.current.sockets).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(server.current.sockets).toHaveLength(2)
  })

  it('begins with the first window again once it has been let in', () => {
    join().dies(1006)
    vi.advanceTimersByTime(2_000)
    server.current.last.dies(1006)
    vi.advanceTimersByTime(4_000)
    join().dies(1006)
    vi.advanceTimersByTime(2_000)
    expect(server.current.sockets).toHaveLength(4)
  })

  it.each([1000, 1001, 1006, 1011, 4008])('within the window, after %i', (code) => {
    join().dies(code)
    expect(statuses.at(-1)).toEqual(['reconnecting', null])
    vi.advanceTimersByTime(2_000)
    expect(server.current.sockets).toHaveLength(2)
  })

  it('shows what it missed, once, and where it missed more than it was told', () => {
    join().dies(4008)
    vi.advanceTimersByTime(2_000)
    server.current.last.says(aSnapshot({ n: 3, feed: [chat('a.1-0'), chat('a.2-0')], feed_id: 'a.2-0' }))
    expect(connection.state.feed.map((entry) => entry.id)).toEqual(['a.1-0', 'a.2-0'])
    server.current.last.dies(1001)
    vi.advanceTimersByTime(2_000)
    expect(server.current.last.address).toBe('ws://here/room?since=a.2-0')
    server.current.last.says(aSnapshot({ n: 9, feed: [chat('b.7-0')], feed_id: 'b.7-0', gap: true }))
    expect(connection.state.feed.map((entry) => entry.kind)).toEqual(['chat', 'chat', 'gap', 'chat'])
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

  it.each([1002, 1003, 1007, 1008, 1009])('never, after %i', (code) => {
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
  it('is 5 seconds longer than a quiet server can be', () => {
    expect(SILENCE_MS).toBe(25_000)
  })

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

  it('is answered by more than a word where the server has more to say', async () => {
    const socket = join()
    const asked = connection.say({ type: 'queue', take: false })
    const ordered = connection.say({ type: 'order', offer_id: 'off_1' } as unknown as Command)
    socket.says({ type: 'order', ref: 2, order: { id: 'ord_1', status: 'reserved' } })
    socket.says({ type: 'queue', ref: 1, queue: { standing: 'waiting', number: 7 } })
    await expect(ordered).resolves.toMatchObject({ order: { id: 'ord_1' } })
    await expect(asked).resolves.toMatchObject({ queue: { number: 7 } })
  })

  it('is not answered by what belongs to another, or comes twice', async () => {
    const socket = join()
    const first = connection.say({ type: 'like', count: 1 })
    const second = connection.say({ type: 'chat', text: '甜吗' })
    for (const ref of [3, '1', undefined, null]) socket.says({ type: 'problem', code: 'invalid', ref })
    socket.says({ type: 'ack', ref: 1 })
    socket.says({ type: 'problem', code: 'invalid', ref: 1 })
    await expect(first).resolves.toMatchObject({ type: 'ack' })
    socket.says({ type: 'problem', code: 'unavailable', ref: 2 })
    await expect(second).rejects.toMatchObject({ code: 'unavailable', status: 503 })
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
