import { DomainError } from '../common/errors/domain-error';
import type { UsageConfig } from '../config/config';

/** How an account stands against its quota. */
export interface QuotaState {
  /** Prompt plus completion tokens taken in the running period. */
  readonly spentTokens: number;
  /** Set aside for calls that are going on. */
  readonly reservedTokens: number;
  /** Seconds to the end of the period. */
  readonly resetSeconds: number;
  readonly resetsAt: Date;
}

/** Null: no quota applies. */
export const limitOf = (ofAccount: number | null, { quotaTokens }: UsageConfig): number | null =>
  ofAccount ?? quotaTokens;

/**
 * What is left of a quota is for one call at a time, however much that may take; several at once have to fit for sure. So the last
 * tokens can be used, and a quota is exceeded by no more than one call.
 *
 * @throws DomainError `quota_exceeded` – with `Retry-After` and `resetsAt`.
 */
export function refuseBeyondQuota(limit: number, wantedTokens: number, state: QuotaState): void {
  const { spentTokens, reservedTokens, resetSeconds, resetsAt } = state;
  const isAlone = reservedTokens === 0;
  if (isAlone ? spentTokens < limit : spentTokens + reservedTokens + wantedTokens <= limit) return;
  throw new DomainError('quota_exceeded', 'The tokens of this period are used up, or set aside.', {
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(resetSeconds))) },
    members: { resetsAt: resetsAt.toISOString() },
  });
}
