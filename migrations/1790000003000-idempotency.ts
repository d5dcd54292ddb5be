import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was made under a key, so that the same request makes it once. No foreign key to it: the outcome outlives what it made. */
export class Idempotency1790000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table idempotency_keys (
        user_id uuid not null references users on delete cascade,
        key varchar(255) not null,
        request_hash bytea not null,
        made_id uuid not null,
        status smallint,
        created_at timestamptz(3) not null default now(),
        expires_at timestamptz(3) not null,
        primary key (user_id, key)
      )`);
    await runner.query('create index idempotency_keys_expiry on idempotency_keys (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table idempotency_keys');
  }
}
