/**
 * The only WebSocket: one room, kept open for as long as somebody looks.
 *
 * It comes back by itself (full jitter within the window that the server names), notices a dead
 * socket by its silence, and asks for a snapshot where a frame is missing. Nothing is queued for
 * later: what cannot be said now fails at once, because an order or a greeting said again a
 * minute later is not what the person meant.
 */

import { apply, EMPTY_ROOM, type RoomState } from './room_state'
import { Problem } from './problem'
import type { Ack, ClientMessage, Notice, ProblemMessage, Sales, ServerMessage } from './types'

/** The server speaks at least every 20 s, and browsers cannot see its pings. */
export const SILENCE_MS = 25_000
/** A snapshot that was asked for and did not come. */
export const RESYNC_AGAIN_MS = 5_000
export const ANSWER_TIMEOUT_MS = 8_000
/** However often it fails, the wait grows no longer. */
export const RECONNECT_WINDOW_MAX_MS = 60_000
/** After "too many messages": long enough for the server's window to pass. */
export const TOO_MANY_WAIT_MS = 10_000

export const CLOSE_NOT_ALLOWED = 1008
const CLOSE_TOO_MANY = 4029
/** A repeat would meet the same end: the server will not have us, or we do not speak its language. */
const CLOSE_CODES_FINAL: ReadonlySet<number> = new Set([1002, 1003, 1007, CLOSE_NOT_ALLOWED, 1009])

export type ConnectionStatus = 'connecting' | 'open' | 'reconnecting' | 'stopped'

/** What of a browser's WebSocket is used; tests bring their own. */
export interface Socket {
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  send(text: string): void
  close(): void
}

export interface RoomListener {
  /** After every frame, urgent or not. */
  onState(state: RoomState): void
  /** `closeCode` is null unless the server ended it for good. */
  onStatus(status: ConnectionStatus, closeCode: number | null): void
  onServerTime(at: string): void
  onNotice(notice: Notice): void
  onSales(sales: Sales): void
}

export interface Surroundings {
  openSocket(address: string): Socket
  /** In [0, 1). */
  random(): number
}

// One command as the client gives it, without the `ref` that is laid in here.
type WithoutRef<T> = T extends unknown ? Omit<T, 'ref'> : never
export type Command = WithoutRef<ClientMessage>

interface Waiting {
  resolve(answer: Ack): void
  reject(problem: Problem): void
  timer: Timer
}
type Timer = ReturnType<typeof setTimeout>

const BROWSER: Surroundings = {
  openSocket: (address) => new WebSocket(address) as Socket,
  random: Math.random,
}

export class RoomConnection {
  state: RoomState = EMPTY_ROOM

  private socket: Socket | null = null
  private status: ConnectionStatus = 'stopped'
  private failures = 0
  private isAwaitingSnapshot = false
  private reconnectTimer: Timer | undefined
  private silenceTimer: Timer | undefined
  private resyncTimer: Timer | undefined
  private nextRef = 1
  private readonly waiting = new Map<number, Waiting>()

  /** @param address of the room, without a query. */
  constructor(
    private readonly address: string,
    private readonly listener: RoomListener,
    private readonly surroundings: Surroundings = BROWSER,
  ) {}

  start(): void {
    if (this.status !== 'stopped') return
    this.failures = 0
    this.enter('connecting')
    this.open()
  }

  stop(): void {
    this.drop()
    this.enter('stopped')
  }

  /** Close and open again: as another person, after signing in or out. */
  restart(): void {
    this.stop()
    this.start()
  }

  /** The network is said to be back, or the tab is looked at again: do not wait for a timer. */
  hurry(): void {
    if (this.status !== 'reconnecting' || this.socket !== null) return
    clearTimeout(this.reconnectTimer)
    this.open()
  }

  /**
   * Say something and wait for the answer.
   *
   * Throws Problem: the server's, `unreachable` where nothing is open, `timeout`.
   */
  async say(command: Command): Promise<Ack> {
    const socket = this.socket
    if (socket === null || this.status !== 'open') throw new Problem('unreachable', 0)
    const ref = this.nextRef++
    return await new Promise<Ack>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(ref)
        reject(new Problem('timeout', 0))
      }, ANSWER_TIMEOUT_MS)
      this.waiting.set(ref, { resolve, reject, timer })
      socket.send(JSON.stringify({ ...command, ref }))
    })
  }

  private open(): void {
    const since = this.state.feedId
    const query = since === null ? '' : `?since=${encodeURIComponent(since)}`
    const socket = this.surroundings.openSocket(this.address + query)
    this.socket = socket
    // Numbers begin anew: ticks before the first snapshot of this socket mean nothing.
    this.state = { ...this.state, n: null }
    this.isAwaitingSnapshot = true
    this.listenForSilence()
    socket.onopen = () => this.listenForSilence()
    socket.onmessage = (event) => this.onMessage(event.data)
    socket.onclose = (event) => this.onClose(event.code)
  }

  private onMessage(data: unknown): void {
    this.listenForSilence()
    const message = decoded(data)
    if (message === null) return
    switch (message.type) {
      case 'snapshot':
        this.listener.onServerTime(message.at)
        this.onSnapshot()
        this.take(message)
        break
      case 'tick':
        this.take(message)
        break
      case 'notice':
        this.listener.onNotice(message)
        break
      case 'sales':
        this.listener.onSales(message)
        break
      case 'problem':
        this.answer(message.ref)?.reject(asProblem(message))
        break
      default:
        // An `ack`, or the answer of a command that has more to say.
        this.answer((message as Ack).ref)?.resolve(message as Ack)
    }
  }

  private onSnapshot(): void {
    this.isAwaitingSnapshot = false
    clearTimeout(this.resyncTimer)
    this.failures = 0
    this.enter('open')
  }

  private take(frame: Parameters<typeof apply>[1]): void {
    const applied = apply(this.state, frame)
    this.state = applied.state
    if (applied.isHole) this.resync()
    else this.listener.onState(this.state)
  }

  private resync(): void {
    if (this.isAwaitingSnapshot) return
    this.isAwaitingSnapshot = true
    const since = this.state.feedId
    this.socket?.send(JSON.stringify(since === null ? { type: 'resync' } : { type: 'resync', since }))
    this.resyncTimer = setTimeout(() => {
      this.isAwaitingSnapshot = false
      this.resync()
    }, RESYNC_AGAIN_MS)
  }

  private onClose(code: number): void {
    this.drop()
    if (CLOSE_CODES_FINAL.has(code)) {
      this.enter('stopped', code)
      return
    }
    this.enter('reconnecting')
    this.reconnectTimer = setTimeout(() => this.open(), this.reconnectMs(code))
    this.failures += 1
  }

  /** Full jitter: anywhere within the window, so that a thousand viewers do not return at once. */
  private reconnectMs(code: number): number {
    const windowMs = this.state.reconnectSeconds * 1000 * 2 ** Math.min(this.failures, 6)
    const waitMs = this.surroundings.random() * Math.min(windowMs, RECONNECT_WINDOW_MAX_MS)
    return code === CLOSE_TOO_MANY ? TOO_MANY_WAIT_MS + waitMs : waitMs
  }

  private listenForSilence(): void {
    clearTimeout(this.silenceTimer)
    // A dead socket's own close event may be minutes away, so it is not waited for.
    this.silenceTimer = setTimeout(() => this.onClose(1006), SILENCE_MS)
  }

  /** Let go of the socket, if there is one; whatever waits for an answer hears that none will come. */
  private drop(): void {
    clearTimeout(this.reconnectTimer)
    clearTimeout(this.silenceTimer)
    clearTimeout(this.resyncTimer)
    this.isAwaitingSnapshot = false
    const socket = this.socket
    this.socket = null
    if (socket !== null) {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    }
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer)
      reject(new Problem('unreachable', 0))
    }
    this.waiting.clear()
  }

  private answer(ref: unknown): Waiting | undefined {
    const waiting = typeof ref === 'number' ? this.waiting.get(ref) : undefined
    if (waiting !== undefined) {
      clearTimeout(waiting.timer)
      this.waiting.delete(ref as number)
    }
    return waiting
  }

  private enter(status: ConnectionStatus, closeCode: number | null = null): void {
    if (status === this.status) return
    this.status = status
    this.listener.onStatus(status, closeCode)
  }
}

function decoded(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null
  try {
    const message: unknown = JSON.parse(data)
    return typeof message === 'object' && message !== null && 'type' in message
      ? (message as ServerMessage)
      : null
  } catch {
    return null
  }
}

function asProblem(message: ProblemMessage): Problem {
  // A refusal, not a lost answer: 400 stands for "the server has spoken".
  const status = message.code === 'unavailable' ? 503 : 400
  const wait = message.retry_after_seconds ?? null
  return new Problem(message.code, status, wait, message.detail ?? '', message.fields ?? {})
}
