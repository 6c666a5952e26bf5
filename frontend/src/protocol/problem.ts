/** Refusals: the server's `application/problem+json`, and what keeps an answer from coming. */

export type ProblemFields = Readonly<Record<string, string>>
export type ProblemMembers = Readonly<Record<string, string>>

/** Codes this client gives itself, where no answer came. */
export type LocalCode = 'offline' | 'timeout' | 'unreachable' | 'unreadable'

export class Problem extends Error {
  /**
   * @param code stable, snake_case; what programs match on and locales translate.
   * @param status of the HTTP answer; 0 where none came.
   * @param retryAfterSeconds null where the server named no time.
   * @param members of the answer, those beside the above too.
   */
  constructor(
    readonly code: string,
    readonly status: number,
    readonly retryAfterSeconds: number | null = null,
    readonly detail = '',
    readonly fields: ProblemFields = {},
    readonly members: ProblemMembers = {},
  ) {
    super(detail ? `${code}: ${detail}` : code)
    this.name = 'Problem'
  }

  /** Whether nobody knows if the request was carried out: only a repeat can tell. */
  get isUnknownOutcome(): boolean {
    return this.status === 0 || this.status >= 500
  }

  /** Whether the same request may succeed later without being changed. */
  get isRetryable(): boolean {
    return this.isUnknownOutcome || this.status === 429
  }
}

/** Any thrown value as a Problem, for showing. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('internal', 0, null, String(error))
}
