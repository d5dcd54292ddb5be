import { KEPT_PLANS } from '../../src/database/kept-plans';
import '../../src/auth/sessions/session.repository';
import '../../src/conversations/replies/reply.sql';
import '../../src/conversations/replies/turn.sql';
import { ReplyDatabase } from '../support/reply-database';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** They stay small: a row for each reply that is being written, or less. */
const SMALL = ['generations', 'reply_chunks', 'usage_reservations'];

describe('A plan that connections keep, made while all tables are empty', () => {
  let database: ReplyDatabase;
  beforeAll(async () => (database = await ReplyDatabase.open()));
  afterAll(() => database.close());

  const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];

  it.each([...KEPT_PLANS].map(([sql, name]) => [name, sql]))(
    'reads no table whole that grows: %s',
    async (_, sql) => {
      const explain = `explain (generic_plan, format json) ${sql}`;
      const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explain);
      const nodes = flat(row!['QUERY PLAN'][0].Plan);
      const read = nodes
        .filter((node) => node['Node Type'] === 'Seq Scan')
        .map((node) => node['Relation Name']);
      expect(read.filter((table) => !SMALL.includes(table!))).toEqual([]);
    },
  );
});
