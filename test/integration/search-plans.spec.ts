import { Conversation } from '../../src/conversations/conversation.entity';
import { ConversationSearchRepository } from '../../src/conversations/conversation-search.repository';
import { makePatient } from '../support/patient-database';
import { ReplyDatabase } from '../support/reply-database';

const ACCOUNTS = 100;
const MESSAGES = 300;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
}

const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];

describe('A search among the messages of a hundred accounts', () => {
  let database: ReplyDatabase;

  beforeAll(async () => {
    database = await ReplyDatabase.open();
    await makePatient(database.dataSource);
    await database.query(
      `insert into users (id, kind, role) select gen_random_uuid(), 'guest', 'user' from generate_series(2, $1)`,
      [ACCOUNTS],
    );
    await database.query(`insert into conversations (id, user_id) select gen_random_uuid(), id from users`);
    await database.query(
      `insert into messages (id, user_id, conversation_id, role, status, content, tokens)
       select gen_random_uuid(), user_id, id, 'user', 'completed', 'The walnut number ' || n, 4
       from conversations, generate_series(1, $1::int) n`,
      [MESSAGES],
    );
    await database.query('analyze');
  });

  afterAll(() => database.close());

  it('reads the rows of one account, by the index', async () => {
    const searches = new ConversationSearchRepository(database.dataSource.getRepository(Conversation));
    const spy = jest.spyOn(database.dataSource.manager, 'query');
    const filter = { archived: false, pinned: null };
    const found = await searches.pageOwned(database.userId, 'walnut', filter, { limit: 20, after: null });
    expect(found.data).toHaveLength(1);
    const [sql, parameters] = spy.mock.calls[0]!;
    spy.mockRestore();
    const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, format json) ${sql}`,
      parameters as unknown[],
    );
    const nodes = flat(row!['QUERY PLAN'][0].Plan);
    const scans = nodes.filter((node) => node['Node Type'] === 'Seq Scan');
    expect(scans.map((node) => node['Relation Name'])).not.toContain('messages');
    for (const node of nodes)
      expect(node['Actual Rows'] * node['Actual Loops']).toBeLessThanOrEqual(MESSAGES);
  });
});
