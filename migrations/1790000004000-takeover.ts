import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What replicas tell each other of a running reply: how often it was begun, who wants it stopped, and who reads it elsewhere. */
export class Takeover1790000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table generations
        add column attempts int not null default 1,
        add column cancel_requested_at timestamptz(3),
        add column watched_until timestamptz(3)`);
    await runner.query(
      'create index generations_to_cancel on generations (owner) where cancel_requested_at is not null',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index generations_to_cancel');
    await runner.query(`
      alter table generations drop column attempts, drop column cancel_requested_at, drop column watched_until`);
  }
}
