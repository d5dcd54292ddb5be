import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens: what an account has taken, what is set aside for its running calls, and what each reply was given. */
export class Usage1790000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table usage_days (
        user_id uuid not null references users on delete cascade,
        day date not null,
        model varchar(200) not null,
        replies int not null,
        prompt_tokens bigint not null,
        completion_tokens bigint not null,
        primary key (user_id, day, model)
      ) with (fillfactor = 50)`); // the row of the day is updated with every reply, in its page
    // Of a reply it is held by the reply's generation; of any other call until it expires, with what to count then.
    await runner.query(`
      create table usage_reservations (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        tokens bigint not null,
        model varchar(200),
        prompt_tokens int,
        expires_at timestamptz(3),
        check ((expires_at is null) = (model is null) and (model is null) = (prompt_tokens is null))
      )`);
    await runner.query('create index usage_reservations_user on usage_reservations (user_id)');
    await runner.query(
      'create index usage_reservations_expiry on usage_reservations (expires_at) where expires_at is not null',
    );
    await runner.query(`
      alter table messages add column context jsonb, add column usage_estimated boolean not null default false`);
    await runner.query('alter table generations add column prompt_tokens int not null default 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table generations drop column prompt_tokens');
    await runner.query('alter table messages drop column context, drop column usage_estimated');
    await runner.query('drop table usage_reservations, usage_days');
  }
}
