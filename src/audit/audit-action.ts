/** Everything that the security log tells of. */
export const AUDIT_ACTIONS = [
  'account.registered',
  'account.upgraded',
  'account.exported',
  'account.erased',
  'account.disabled',
  'account.enabled',
  'api_key.created',
  'api_key.ended',
  'password.changed',
  'password.refused',
  'quota.changed',
  'role.changed',
  'session.ended',
  'session.moved',
  'sessions.ended',
  'sign_in.succeeded',
  'sign_in.failed',
  'sign_in.limited',
  'token.reused',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];
