import type { ProblemCode } from '../../common/errors/domain-error';

/** How a socket is closed, and a word for programs about why. */
export interface CloseCode {
  readonly code: number;
  readonly reason: ProblemCode | 'auth_timeout';
}

export const CLOSE = {
  authTimeout: { code: 4408, reason: 'auth_timeout' },
  tooMany: { code: 4429, reason: 'too_many_connections' },
  tooManyTries: { code: 4429, reason: 'rate_limited' },
  sessionEnded: { code: 4401, reason: 'session_revoked' },
  goingAway: { code: 1012, reason: 'draining' },
} as const satisfies Record<string, CloseCode>;

export const notAuthenticated = (reason: ProblemCode): CloseCode => ({ code: 4401, reason });

/** Not the caller's fault: it may come again with the same token. RFC 6455's registry: 1013 is "try again later". */
export const notNow = (reason: ProblemCode): CloseCode => ({
  code: reason === 'internal' ? 1011 : 1013,
  reason,
});
