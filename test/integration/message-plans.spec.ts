import { HEARTBEAT, LOCK_CONVERSATION, READ_TURN, SETTLE } from '../../src/conversations/replies/reply.sql';
import { ReplyDatabase } from '../support/reply-database';

const CONVERSATIONS = `
  insert into conversations (id, user_id) select gen_random_uuid(), $1 from generate_series(1, 1000)`;
const SHORT_ONES = `
  insert into messages (id, user_id, conversation_id, role, status, content, tokens)
  select gen_random_uuid(), $1, id, 'user', 'completed', 'Oslo?', 2 from conversations, generate_series(1, 10)
  where id <> $2`;
const LONG_ONE = `
  insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens)
  select md5(n::text)::uuid, $1, $2, case when n > 1 then md5((n - 1)::text)::uuid end,
    case when n % 2 = 1 then 'user' else 'assistant' end, 'completed', repeat('Cold. ', 20), 40
  from generate_series(1, 20000) n`;

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
    place = await database.conversation();
    const { userId, conversationId } = place;
    await database.query(CONVERSATIONS, [userId]);
    await database.query(SHORT_ONES, [userId, conversationId]);
    await database.query(LONG_ONE, [userId, conversationId]);
    const [leaf] = await database.query<{ id: string }>(`select md5('20000')::uuid as id`);
    leafId = leaf!.id;
    await database.query('analyze');
  });
  afterAll(() => database.close());

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
      const small: (string | undefined)[] = ['generations', 'reply_chunks', 'users'];
      expect(scans.filter((table) => !small.includes(table))).toEqual([]);
      for (const node of nodes)
        expect(node['Actual Rows'] * node['Actual Loops']).toBeLessThanOrEqual(mostRows);
    }
  }

  it('gives a message', async () => {
    const { userId, conversationId } = place;
    await expectConstant(await sentBy(() => database.messages.findOwned(userId, conversationId, leafId)), 2);
  });

  it.each([50, 100])('gives a page of %i', async (limit) => {
    const { userId, conversationId } = place;
    const page = () => database.messages.pageOfBranch(userId, conversationId, leafId, { limit });
    await expectConstant(await sentBy(page), 3 * limit + 3);
  });

  it('gives a history that fits any model', async () => {
    await expectConstant(await sentBy(() => database.replies.history(leafId, 1_000_000)), 501);
  });

  it.each([
    ['at its end', () => leafId],
    ['as a new first message', () => null],
  ])('takes a turn %s', async (_, parentId) => {
    const { userId, conversationId } = place;
    await expectConstant([[LOCK_CONVERSATION, [conversationId, userId]]], 1);
    await expectConstant([[READ_TURN, [conversationId, parentId(), 100]]], 100);
  });

  it('stores what is written in it', async () => {
    const claim = await database.begin({}, place);
    const { replyId, conversationId } = claim;
    await expectConstant([[HEARTBEAT, [database.owner, [replyId], [1], [0], [4], ['Oslo'], 10]]], 3);
    const end = ['completed', 'Oslo', 2, 'stop', null, null, null, null];
    await expectConstant([[SETTLE, [replyId, conversationId, database.owner, 1, ...end]]], 3);
  });
});

const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];
