import { readBaseline } from '../support/baseline';
import { breaksOfSchema, breaksOfStatements } from '../support/baseline-breaks';
import { cloneDatabase, type TestDatabase } from '../support/database';
import { dumpSchema } from '../support/schema-dump';

const { version, schema, statements } = readBaseline();

describe(`The newest schema, to the code of Parley ${version}`, () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await cloneDatabase();
  });

  afterEach(() => database.drop());

  const breaksOf = async () => [
    ...breaksOfSchema(schema, await dumpSchema(database)),
    ...(await breaksOfStatements(database.url, statements)),
  ];

  it('has all that there was, and understands every statement as before', async () => {
    expect(statements.length).toBeGreaterThan(80);
    await expect(breaksOf()).resolves.toEqual([]);
  });

  it.each([
    ['a table', 'drop table usage_days', 'Table usage_days is gone.'],
    ['a table by its name', 'alter table usage_days rename to days', 'Table usage_days is gone.'],
    ['a column', 'alter table users drop column default_model', 'Column users.default_model is gone.'],
    [
      'a column by its name',
      'alter table users rename default_model to model',
      'Column users.default_model is gone.',
    ],
    [
      'the type of a column',
      'alter table messages alter tokens type bigint',
      'Column messages.tokens was integer and is bigint.',
    ],
    [
      'the length of a column',
      'alter table users alter display_name type varchar(40)',
      'Column users.display_name was character varying(80) and is character varying(40).',
    ],
    [
      'the right to leave a column empty',
      'alter table conversations alter title set not null',
      'Column conversations.title may be null no more.',
    ],
    [
      'a default',
      'alter table conversations alter pinned drop default',
      'Column conversations.pinned has its default no more.',
    ],
    ['an index', 'drop index sessions_end', 'Index sessions_end is gone.'],
    ['a trigger', 'drop trigger messages_place on messages', 'Trigger messages_place is gone.'],
    ['a function', 'drop function words_of cascade', 'Function words_of(uuid,text) is gone.'],
    [
      'a key that conflicts are found by',
      'alter table generations drop constraint generations_one_a_conversation',
      'Constraint generations_one_a_conversation is gone.',
    ],
  ])('is told to lack %s', async (_what, sql, sentence) => {
    await database.query(sql);
    expect(await breaksOf()).toContain(sentence);
  });

  it.each([
    [
      'a column that needs a value',
      'alter table users add column mine int not null',
      'Column users.mine is new and needs a value, which the version before never gives.',
    ],
    [
      'a check',
      'alter table users add constraint mine check (length(display_name) > 3)',
      'Constraint mine binds columns that the version before fills without it.',
    ],
    [
      'a stricter check',
      `alter table users drop constraint users_role_check, add constraint users_role_check check (role = 'user')`,
      `Constraint users_role_check is another one now: CHECK (((role)::text = 'user'::text))`,
    ],
    [
      'a foreign key',
      'alter table audit_events add constraint mine foreign key (user_id) references users',
      'Constraint mine binds columns that the version before fills without it.',
    ],
    [
      'a unique index',
      'create unique index mine on conversations (user_id, title)',
      'Unique index mine binds columns that the version before fills without it.',
    ],
  ])('is told to demand %s', async (_what, sql, sentence) => {
    await database.query(sql);
    expect(await breaksOf()).toContain(sentence);
  });

  it.each([
    [
      'is refused',
      'alter table users drop column default_model',
      /^Refused \(column .*default_model.* does not exist\): /,
    ],
    [
      'gives another type',
      'alter table usage_days alter replies type bigint',
      /^Gives .*bigint.* for .*integer.*: /,
    ],
    [
      'takes another type',
      'alter table rate_limits alter key type varchar(100)',
      /^Takes .*character varying.* for .*text.*: /,
    ],
  ])('is told where a statement %s', async (_what, sql, sentence) => {
    await database.query(sql);
    expect(await breaksOfStatements(database.url, statements)).toContainEqual(
      expect.stringMatching(sentence),
    );
  });

  it.each([
    ['a new table', 'create table mine (id int primary key references usage_reservations_of (id))'],
    ['a new column that may be null', 'alter table users add column mine int unique'],
    [
      'a new column with a default',
      'alter table users add column mine int not null default 0 check (mine > 0)',
    ],
    ['a new column that points elsewhere', 'alter table messages add column mine uuid references users (id)'],
    ['a longer text', 'alter table users alter display_name type varchar(200)'],
    ['a column that may now be null', 'alter table users alter last_seen_at drop not null'],
    ['another index', 'create index mine on users (created_at)'],
  ])('may have %s', async (_what, sql) => {
    await database.query('create table usage_reservations_of (id int primary key)');
    await database.query(sql);
    await expect(breaksOf()).resolves.toEqual([]);
  });
});
