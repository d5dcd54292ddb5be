/**
 * Takes a key, in the transaction that makes what it is taken for: $1 user, $2 key, $3 hash, $4 id of what is made. One row: taken.
 * None: another request has it, which may have been this very one.
 */
export const TAKE_KEY = `
  insert into idempotency_keys as kept (user_id, key, request_hash, made_id, expires_at)
  values ($1, $2, $3, $4, now() + interval '24 hours')
  on conflict (user_id, key) do update set request_hash = excluded.request_hash, made_id = excluded.made_id, status = null,
    created_at = now(), expires_at = excluded.expires_at
  where kept.expires_at <= now() returning key`;
