/** Of an outcome, from when it is there. */
const KEPT_FOR = `interval '24 hours'`;

const take = (status: string, lifetime: string): string => `
  insert into idempotency_keys as kept (user_id, key, request_hash, made_id, status, expires_at)
  values ($1, $2, $3, $4, ${status}, now() + ${lifetime})
  on conflict (user_id, key) do update set request_hash = excluded.request_hash, made_id = excluded.made_id, status = excluded.status,
    created_at = now(), expires_at = excluded.expires_at
  where kept.expires_at <= now() returning key`;

/**
 * Takes a key, in the transaction that makes what it is taken for: $1 user, $2 key, $3 hash, $4 id of what is made. One row: taken.
 * None: another request has it, which may have been this very one.
 */
export const TAKE_KEY = take('null', KEPT_FOR);

/** As `TAKE_KEY`, before there is anything: $5 status, $6 seconds after which its holder is taken for dead. */
export const LEASE_KEY = take('$5', 'make_interval(secs => $6)');

/** Makes a lease last as an outcome does, in the statement that stores it. One row: it is still held for `madeId`. */
export const keepKey = (user: string, key: string, madeId: string, status: string): string => `
  update idempotency_keys set status = ${status}, expires_at = now() + ${KEPT_FOR}
  where user_id = ${user} and key = ${key} and made_id = ${madeId} returning key`;
