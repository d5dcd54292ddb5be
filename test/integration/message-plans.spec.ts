import { HEARTBEAT, SETTLE } from '../../src/conversations/replies/reply.sql';
import { LOOK_AT_CONVERSATION, READ_TURN } from '../../src/conversations/replies/turn.sql';
import { ReplyContextRepository } from '../../src/conversations/reply-context.repository';
import { aModel } from '../factories/model';
import { makePatient } from '../support/patient-database';
import { COMPLETED, ReplyDatabase } from '../support/reply-database';

const CONVERSATIONS = `
  insert into conversations (id, user_id) select gen_random_uuid(), $1 from generate_series(1, 1000)`;
const SHORT_ONES = `
  insert into messages (id, user_id, conversation_id, role, status, content, tokens)
  select gen_random_uuid(), $1, id, 'user', 'completed', 'Oslo?', 2 from conversations where id <> $2`;
const LONG_ONE = `
  insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens)
  select md5(n::text)::uuid, $1, $2, case when n > 1 then md5((n - 1)::text)::uuid end,
    case when n % 2 = 1 then 'user' else 'assistant' end, 'completed', repeat('Cold. ', 20), 40
  from generate_series($3::int, $4::int) n`;
const USAGE = `
  with other as (
    insert into users (id, kind, role) select gen_random_uuid(), 'guest', 'user' from generate_series(1, 100) returning id
  ), account as (select id from other union all select $1::uuid)
  insert into usage_days (user_id, day, model, replies, prompt_tokens, completion_tokens)
  select id, current_date - n, 'custom/any', 1, 9, 3 from account, generate_series(0, 99) n`;
const BELOW = `
  insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens)
  select id, $1, $2, parent_id, 'user', 'completed', 'Colder.', 2 from unnest($3::uuid[], ($4::uuid[])[:3]) below (id, parent_id)`;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
}

type Statement = readonly [sql: string, parameters: readonly unknown[]];

describe('A conversation of 20,000 messages among a thousand', () => {
  let database: ReplyDatabase;
  let place: Awaited<ReturnType<ReplyDatabase['conversation']>>;
  let leafId: string;

  beforeAll(async () => {
    database = await ReplyDatabase.open();
    await makePatient(database.dataSource);
    place = await database.conversation();
    const { userId, conversationId } = place;
    await database.query(CONVERSATIONS, [userId]);
    for (let n = 0; n < 10; n++) await database.query(SHORT_ONES, [userId, conversationId]);
    await database.query(LONG_ONE, [userId, conversationId, 1, 20_000]);
    leafId = await idOf(20_000);
    await database.query(USAGE, [userId]);
    await database.query('analyze');
  });
  afterAll(() => database.close());

  /** Of the long one's messages, counted from 1. */
  async function idOf(n: number): Promise<string> {
    const [row] = await database.query<{ id: string }>('select md5($1)::uuid as id', [String(n)]);
    return row!.id;
  }

  /** What the application sends to do this. */
  async function sentBy(work: () => Promise<unknown>): Promise<Statement[]> {
    const spy = jest.spyOn(database.dataSource, 'query');
    await work();
    const statements = spy.mock.calls.map(([sql, parameters]): Statement => [sql, parameters as unknown[]]);
    spy.mockRestore();
    return statements;
  }

  /** Every node of the plan that the database chose and ran, undone afterwards. */
  async function nodesOf([sql, parameters]: Statement): Promise<Plan[]> {
    const runner = database.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      const explain = `explain (analyze, format json) ${sql}`;
      const [row] = (await runner.query(explain, [...parameters])) as [{ 'QUERY PLAN': [{ Plan: Plan }] }];
      return flat(row['QUERY PLAN'][0].Plan);
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  }

  async function expectConstant(statements: readonly Statement[], mostRows: number): Promise<void> {
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) {
      const nodes = await nodesOf(statement);
      const scans = nodes
        .filter((node) => node['Node Type'] === 'Seq Scan')
        .map((node) => node['Relation Name']);
      // These tables are small: reading them whole is the best that there is.
      const small: (string | undefined)[] = ['generations', 'reply_chunks', 'usage_reservations', 'users'];
      expect(scans.filter((table) => !small.includes(table))).toEqual([]);
      for (const node of nodes)
        expect(node['Actual Rows'] * node['Actual Loops']).toBeLessThanOrEqual(mostRows);
    }
  }

  it('gives a message', async () => {
    const { userId, conversationId } = place;
    await expectConstant(await sentBy(() => database.messages.findOwned(userId, conversationId, leafId)), 2);
  });

  it.each([
    ['its first message', 1, 2],
    ['the middle', 10_000, 2],
    ['its last message', 20_000, 2],
  ])('finds the end of the branch through %s', async (_where, n, mostRows) => {
    const { userId, conversationId } = place;
    const from = await idOf(n);
    const find = () => database.messages.findLeafOwned(userId, conversationId, from);
    await expect(find()).resolves.toBe(leafId);
    await expectConstant(await sentBy(find), mostRows);
  });

  it.each([50, 100])('gives a page of %i', async (limit) => {
    const { userId, conversationId } = place;
    const page = () => database.messages.pageOfBranch(userId, conversationId, leafId, { limit });
    await expectConstant(await sentBy(page), 3 * limit + 3);
  });

  it.each([
    ['at its end', () => leafId],
    ['as a new first message', () => null],
  ])('takes a turn %s', async (_, parentId) => {
    const { userId, conversationId } = place;
    await expectConstant([[LOOK_AT_CONVERSATION, [conversationId, userId, true, 'chat']]], 1);
    const quota = [userId, true, 'month'];
    await expectConstant([[READ_TURN, [conversationId, parentId(), 100, 1_000_000, ...quota]]], 500);
  });

  it('tells what a reply in it was given', async () => {
    const contexts = new ReplyContextRepository(database.dataSource);
    const { userId, conversationId } = place;
    const wide = aModel('custom/any', { contextTokens: 4_000_000 });
    const { id } = await database.exchange(place, 'Oslo?', 'Cold.', COMPLETED, {
      parentId: leafId,
      chooseModel: () => wide,
    });
    const read = () => contexts.findOwned(userId, conversationId, id);
    const context = (await read())!;
    expect([context.messageIds.length, context.droppedIds.length]).toEqual([501, 100]);
    expect(context.droppedCount).toBe(20_000 - 500);
    await expectConstant(await sentBy(read), 601);
  });

  it('stores what is written in it', async () => {
    const claim = await database.begin({}, place);
    const { replyId, conversationId } = claim;
    await expectConstant([[HEARTBEAT, [database.owner, [replyId], [1], [0], [4], ['Oslo'], 10]]], 3);
    const end = ['completed', 'Oslo', 2, 'stop', 9, 3, null, null, null, true];
    await expectConstant([[SETTLE, [replyId, conversationId, database.owner, 1, ...end]]], 3);
  });

  it('finds the end of a branch in one step more for each edit on the way', async () => {
    const { userId, conversationId } = place;
    const first = await idOf(1);
    let [above, end] = [await idOf(5_000), ''];
    for (let edits = 0; edits < 3; edits++) {
      const ids = [0, 1, 2].map((n) => `ffffffff-ffff-7fff-bfff-ffffffffff${edits}${n}`);
      await database.query(BELOW, [userId, conversationId, ids, [above, ...ids]]);
      [above, end] = [ids[1]!, ids[2]!];
    }
    const find = () => database.messages.findLeafOwned(userId, conversationId, first);
    await expect(find()).resolves.toBe(end);
    await expectConstant(await sentBy(find), 4);
  });
});

const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];
