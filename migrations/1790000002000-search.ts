import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Words of messages and titles, by account: its id is a word as well, so that an index without extensions finds what one account
 * has said. `simple`: no language is known, so words are taken as they are. Of a
 * long text the beginning: a tsvector holds a megabyte, and a reply must never fail to be stored for its words.
 */
export class Search1790000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function words_of(owner uuid, content text) returns tsvector language sql immutable parallel safe
      return array_to_tsvector(array['@' || owner::text]) || to_tsvector('simple', left(content, 100000))`);
    await runner.query('create index messages_words on messages using gin (words_of(user_id, content))');
    await runner.query(
      `create index conversations_words on conversations using gin (words_of(user_id, title)) where title is not null`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index messages_words, conversations_words');
    await runner.query('drop function words_of');
  }
}
