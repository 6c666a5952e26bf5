/**
 * How many hearts rise for what others tap: a sample, since a crowd taps hundreds of times a second.
 * Pure, but for what it has counted.
 */

/** Hearts for others a second; one's own taps are each shown. */
export const OTHERS_PER_SECOND_MAX = 4
const TOGETHER_MAX = 2
const MS = 1000

export class LikeSampler {
  private total: number | null = null
  private own = 0
  private allowance = TOGETHER_MAX
  private countedMs = 0

  /** One's own tap, which the server's count will contain in a moment. */
  tapped(): void {
    this.own += 1
  }

  /**
   * @param total The room's likes as the server counts them; 0 before anything is known.
   * @returns Hearts to raise for others now.
   */
  counted(total: number, nowMs: number): number {
    const gained = this.total === null || this.total === 0 ? 0 : Math.max(0, total - this.total)
    this.total = total
    const others = Math.max(0, gained - this.own)
    this.own = Math.max(0, this.own - gained)
    const earned = ((nowMs - this.countedMs) * OTHERS_PER_SECOND_MAX) / MS
    this.allowance = Math.min(TOGETHER_MAX, this.allowance + Math.max(0, earned))
    this.countedMs = nowMs
    const hearts = Math.min(others, Math.floor(this.allowance))
    this.allowance -= hearts
    return hearts
  }
}
