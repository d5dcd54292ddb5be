import type { components } from './contract';

type Body = Partial<components['schemas']['Problem']>;
export type FieldFault = NonNullable<Body['errors']>[number];

/** `offline`: no answer came at all. `broken`: what came is no answer of Parley's, as of a proxy in between. */
export type FaultCode = NonNullable<Body['code']> | 'offline' | 'broken';

/** Why a call did not do what it was asked for. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: FaultCode,
    /** Of HTTP; 0: there was no answer. */
    readonly status: number,
    message: string,
    readonly more: {
      readonly retryAfterMs?: number;
      readonly errors?: readonly FieldFault[];
      readonly requestId?: string;
    } = {},
  ) {
    super(message);
  }

  static offline(): Problem {
    return new Problem('offline', 0, 'The server could not be reached.');
  }

  /** Of an answer that is not good, and its body where that has been read already. */
  static async of(response: Response, read?: unknown): Promise<Problem> {
    const body = (read ?? (await response.json().catch(() => null)) ?? {}) as Body;
    const seconds = Number(response.headers.get('Retry-After') ?? NaN);
    return new Problem(body.code ?? 'broken', response.status, body.detail ?? 'The answer made no sense.', {
      ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
      ...(body.errors && { errors: body.errors }),
      ...(body.requestId && { requestId: body.requestId }),
    });
  }

  /** Whether the same call may do better a little later. What the server could not foresee (500) would only happen again. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status > 500 || this.code === 'broken';
  }
}

export const isProblem = (error: unknown, ...codes: readonly FaultCode[]): error is Problem =>
  error instanceof Problem && (codes.length === 0 || codes.includes(error.code));
