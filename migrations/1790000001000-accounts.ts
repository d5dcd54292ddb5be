import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sign-ins that can be listed and ended, API keys, tickets for sockets, quotas, the security log, and accounts on their way out. */
export class Accounts1790000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table users
        add column quota_tokens bigint check (quota_tokens >= 0),
        add column session_epoch int not null default 0,
        add column last_seen_at timestamptz(3) not null default now(),
        add column erased_at timestamptz(3)`);
    await runner.query(`create index users_idle_guests on users (last_seen_at) where kind = 'guest'`);
    await runner.query(`create index users_erased on users (erased_at) where erased_at is not null`);
    await runner.query(`create index users_by_role on users (role, id) where role = 'admin'`);
    await runner.query(`create index users_username_prefix on users (username text_pattern_ops)`);
    await runner.query(
      `create index users_display_name_prefix on users (lower(display_name) text_pattern_ops)`,
    );

    await runner.query(`
      alter table sessions
        add column epoch int not null default 0,
        add column transport varchar(10) not null default 'body' check (transport in ('body', 'cookie')),
        add column user_agent varchar(300),
        add column ip inet,
        add column last_used_at timestamptz(3) not null default now()`);
    await runner.query(`create index sessions_end on sessions (expires_at)`);
    await runner.query(`create index sessions_revoked on sessions (revoked_at) where revoked_at is not null`);

    await runner.query(`
      create table api_keys (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        name varchar(80) not null,
        prefix varchar(20) not null,
        hash bytea not null,
        scopes varchar(10)[] not null check (scopes <@ array['chat', 'read', 'admin']::varchar[]),
        created_at timestamptz(3) not null default now(),
        last_used_at timestamptz(3),
        expires_at timestamptz(3)
      )`);
    await runner.query('create unique index api_keys_hash on api_keys (hash)');
    await runner.query(`create index api_keys_user on api_keys (user_id, id)`);
    await runner.query(`create index api_keys_expiry on api_keys (expires_at) where expires_at is not null`);

    await runner.query(`
      create table ws_tickets (
        hash bytea primary key,
        session_id uuid not null references sessions on delete cascade,
        expires_at timestamptz(3) not null
      )`);
    await runner.query(`create index ws_tickets_session on ws_tickets (session_id)`);
    await runner.query(`create index ws_tickets_expiry on ws_tickets (expires_at)`);

    // Exports read a conversation in the order of its messages.
    await runner.query('create index messages_in_order on messages (conversation_id, id)');
    await runner.query('drop index messages_conversation');
    // An export reads the conversations of an account in the order of their making.
    await runner.query('create index conversations_user on conversations (user_id, id)');

    await this.upAudit(runner);
  }

  /** No foreign keys: a line outlives the account that it is about. */
  private async upAudit(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table audit_events (
        id uuid primary key,
        created_at timestamptz(3) not null default now(),
        action varchar(40) not null,
        user_id uuid,
        actor_id uuid,
        ip inet,
        user_agent varchar(300),
        detail jsonb not null default '{}'
      )`);
    await runner.query(
      `create index audit_events_user on audit_events (user_id, id) where user_id is not null`,
    );
    await runner.query(
      `create index audit_events_actor on audit_events (actor_id) where actor_id is not null`,
    );
    await runner.query(`create index audit_events_action on audit_events (action, id)`);
    // Erasing an account takes its person out of the log, and nothing else is ever changed.
    await runner.query(`
      create function audit_events_are_kept() returns trigger language plpgsql as $$
      begin
        if tg_op = 'UPDATE'
          and (new.id, new.created_at, new.action, new.detail) = (old.id, old.created_at, old.action, old.detail)
          and (new.user_id is null or new.user_id is not distinct from old.user_id)
          and (new.actor_id is null or new.actor_id is not distinct from old.actor_id)
          and (new.ip is null or new.ip is not distinct from old.ip)
          and (new.user_agent is null or new.user_agent is not distinct from old.user_agent)
        then
          return new;
        end if;
        raise exception 'audit_events is append-only';
      end $$`);
    await runner.query(`
      create trigger audit_events_rows before update or delete on audit_events
        for each row execute function audit_events_are_kept()`);
    await runner.query(`
      create trigger audit_events_table before truncate on audit_events
        for each statement execute function audit_events_are_kept()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('create index messages_conversation on messages (conversation_id)');
    await runner.query('drop index messages_in_order, conversations_user');
    await runner.query('drop table audit_events, ws_tickets, api_keys');
    await runner.query('drop function audit_events_are_kept');
    await runner.query(`
      alter table sessions
        drop column epoch, drop column transport, drop column user_agent, drop column ip, drop column last_used_at`);
    await runner.query(
      'drop index sessions_end, sessions_revoked, users_by_role, users_username_prefix, users_display_name_prefix',
    );
    await runner.query(`
      alter table users
        drop column quota_tokens, drop column session_epoch, drop column last_seen_at, drop column erased_at`);
  }
}
