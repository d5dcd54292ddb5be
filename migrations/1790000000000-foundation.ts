import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, sign-ins, conversations, and the replies in progress. Times have milliseconds, as in JavaScript. */
export class Foundation1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table users (
        id uuid primary key,
        kind varchar(10) not null check (kind in ('guest', 'member')),
        role varchar(10) not null check (role in ('user', 'admin')),
        username varchar(80),
        display_name varchar(80),
        password_hash varchar(60),
        default_model varchar(200),
        disabled_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        check ((kind = 'member') = (username is not null and password_hash is not null))
      )`);
    await runner.query(`create unique index users_username on users (username) where username is not null`);

    await runner.query(`
      create table sessions (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        salt bytea not null,
        rotation int not null default 0,
        rotated_at timestamptz(3) not null default now(),
        created_at timestamptz(3) not null default now(),
        idle_expires_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        revoked_at timestamptz(3),
        revoked_reason varchar(20)
      )`);
    await runner.query(`create index sessions_user on sessions (user_id)`);

    await runner.query(`
      create table conversations (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        kind varchar(10) not null default 'chat' check (kind in ('chat', 'question')),
        title varchar(200),
        model varchar(200),
        system_prompt varchar(8000),
        pinned boolean not null default false,
        archived boolean not null default false,
        metadata jsonb not null default '{}',
        active_leaf_id uuid,
        message_count int not null default 0,
        last_message_at timestamptz(3),
        last_activity_at timestamptz(3) not null default now(),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`);
    await runner.query(
      `create index conversations_user_recent on conversations (user_id, archived, kind, last_activity_at desc, id desc)`,
    );
    await runner.query(
      `create index conversations_user_pinned on conversations (user_id, archived, kind, last_activity_at desc, id desc) where pinned`,
    );

    // A branch is walked up by parent_id; the siblings of a message are the children of its parent, or the roots.
    await runner.query(`
      create table messages (
        id uuid primary key,
        user_id uuid not null,
        conversation_id uuid not null references conversations on delete cascade,
        parent_id uuid references messages on delete cascade,
        role varchar(10) not null check (role in ('user', 'assistant')),
        status varchar(10) not null check (status in ('pending', 'completed', 'failed', 'cancelled')),
        content text not null,
        tokens int not null,
        model varchar(200),
        finish_reason varchar(20),
        prompt_tokens int,
        completion_tokens int,
        error_code varchar(40),
        error_detail varchar(500),
        created_at timestamptz(3) not null default now(),
        completed_at timestamptz(3)
      )`);
    await runner.query(`create index messages_children on messages (parent_id, id)`);
    await runner.query(
      `create index messages_roots on messages (conversation_id, id) where parent_id is null`,
    );
    await runner.query(`create index messages_conversation on messages (conversation_id)`);

    // Narrow, updated every second: room for HOT updates, and no index on the lease, which would end them (docs/reply-engine.md).
    await runner.query(`
      create table generations (
        reply_id uuid primary key references messages on delete cascade,
        conversation_id uuid not null references conversations on delete cascade,
        owner uuid not null,
        fence int not null default 1,
        len16 int not null default 0,
        started_at timestamptz(3),
        lease_until timestamptz(3) not null,
        constraint generations_one_a_conversation unique (conversation_id)
      ) with (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0)`);
    await runner.query(`
      create table reply_chunks (
        reply_id uuid not null references generations on delete cascade,
        end16 int not null,
        text text not null,
        primary key (reply_id, end16)
      ) with (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0)`);

    await runner.query(`
      create unlogged table rate_limits (
        key text primary key,
        hits int not null,
        expires_at timestamptz(3) not null
      )`);
    await runner.query(`create index rate_limits_expiry on rate_limits (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'rate_limits',
      'reply_chunks',
      'generations',
      'messages',
      'conversations',
      'sessions',
      'users',
    ]) {
      await runner.query(`drop table ${table}`);
    }
  }
}
