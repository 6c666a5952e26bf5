/** Draws rising hearts on a canvas of its own, away from the thread that the page needs. */

/** First the canvas, then one message for each heart. */
export type ToWorker =
  | { readonly canvas: OffscreenCanvas; readonly scale: number; readonly paths: readonly string[] }
  | { readonly delayMs: number }

interface Heart {
  readonly startMs: number
  readonly turn: number
}

const HEARTS_MAX = 16 // in the air; beyond, the oldest is gone
const RISE_MS = 2_200
const GRID = 24 // of the icons' paths
const SIZE = 28
const COLOURS = ['#ff7a66', '#ffc94d', '#ff9fb0', '#5fd38a']

let context: OffscreenCanvasRenderingContext2D | null = null
let scale = 1
let shapes: Path2D[] = []
let hearts: Heart[] = []
let turn = 0
let isDrawing = false

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ('canvas' in data) {
    context = data.canvas.getContext('2d')
    scale = data.scale
    shapes = data.paths.map((path) => new Path2D(path))
    return
  }
  hearts = [...hearts, { startMs: performance.now() + data.delayMs, turn: turn++ }].slice(-HEARTS_MAX)
  if (!isDrawing) requestAnimationFrame(draw)
  isDrawing = true
}

function draw(): void {
  const now = performance.now()
  hearts = hearts.filter(({ startMs }) => now < startMs + RISE_MS)
  isDrawing = hearts.length > 0 && context !== null
  if (!context) return
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, context.canvas.width, context.canvas.height)
  for (const heart of hearts) if (now >= heart.startMs) drawOne(context, heart, (now - heart.startMs) / RISE_MS)
  if (isDrawing) requestAnimationFrame(draw)
}

/** @param share Of its flight, 0 to 1. */
function drawOne(on: OffscreenCanvasRenderingContext2D, { turn: n }: Heart, share: number): void {
  const width = on.canvas.width / scale
  const height = on.canvas.height / scale
  const grown = Math.min(1, share * 6)
  const size = SIZE * (0.8 + ((n * 29) % 50) / 100) * grown
  const sway = Math.sin(share * 4 + n) * (width / 2 - SIZE)
  const risen = 1 - (1 - share) ** 2
  const x = width / 2 + sway * share
  const y = height - SIZE / 2 - (height - SIZE) * risen
  on.setTransform(scale, 0, 0, scale, (x - size / 2) * scale, (y - size / 2) * scale)
  on.scale(size / GRID, size / GRID)
  on.globalAlpha = Math.min(1, (1 - share) * 2.5)
  on.fillStyle = on.strokeStyle = COLOURS[n % COLOURS.length]!
  on.lineWidth = 1.8
  const shape = shapes[n % shapes.length]!
  on.fill(shape)
  on.stroke(shape)
}
