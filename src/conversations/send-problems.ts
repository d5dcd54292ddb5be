import type { ProblemCode } from '../common/errors/domain-error';

/** Why a question is refused before it is stored. */
export const REFUSED: readonly ProblemCode[] = [
  'validation_failed',
  'not_found',
  'unknown_model',
  'context_length_exceeded',
  'quota_exceeded',
  'reply_in_progress',
  'conflict',
  'draining',
  'idempotency_key_reused',
];

/** How a reply that was waited for can fail. */
export const FAILED: readonly ProblemCode[] = [
  'model_failed',
  'model_unavailable',
  'model_timeout',
  'interrupted',
];
