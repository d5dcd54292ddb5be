import { newId } from '../../src/common/ids';
import { cloneDatabase, type TestDatabase } from '../support/database';

const APPEND_ONLY = 'audit_events is append-only';

/** Every column, and something else than what a line has there. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['id', `'${newId()}'`],
  ['created_at', "created_at + interval '1 day'"],
  ['action', "'role.changed'"],
  ['user_id', `'${newId()}'`],
  ['actor_id', `'${newId()}'`],
  ['ip', "'198.51.100.1'"],
  ['user_agent', "'another'"],
  ['detail', `'{"role": "user"}'`],
];

const WHO_AND_WHERE = ['user_id', 'actor_id', 'ip', 'user_agent'];

describe('The table of the security log', () => {
  let database: TestDatabase;
  let id: string;

  beforeAll(async () => {
    database = await cloneDatabase();
  });

  beforeEach(async () => {
    id = await insert();
  });

  afterAll(() => database.drop());

  const insert = async () => {
    const line = newId();
    await database.query(
      `insert into audit_events (id, action, user_id, actor_id, ip, user_agent, detail)
       values ($1, 'quota.changed', $2, $3, '203.0.113.7', 'curl/8.1.0', '{"quotaTokens": "5"}')`,
      [line, newId(), newId()],
    );
    return line;
  };
  const lines = () => database.query('select * from audit_events order by id');
  const set = (what: string, where = `id = '${id}'`) =>
    database.query(`update audit_events set ${what} where ${where}`);
  /** And nothing has changed. */
  const expectRefused = async (act: () => Promise<unknown>) => {
    const before = await lines();
    await expect(act()).rejects.toThrow(APPEND_ONLY);
    expect(await lines()).toEqual(before);
  };

  it.each(OTHERS)('refuses another %s', async (column, other) => {
    await expectRefused(() => set(`${column} = ${other}`));
  });

  it.each(OTHERS)('refuses another %s beside a person that is taken out', async (column, other) => {
    const others = WHO_AND_WHERE.filter((name) => name !== column).map((name) => `${name} = null`);
    await expectRefused(() => set([`${column} = ${other}`, ...others].join(', ')));
  });

  it.each(WHO_AND_WHERE)('lets %s be taken out', async (column) => {
    const [before] = await database.query(`select * from audit_events where id = $1`, [id]);
    await set(`${column} = null`);
    const after = await database.query('select * from audit_events where id = $1', [id]);
    expect(after).toEqual([{ ...before, [column]: null }]);
  });

  it('lets nobody put back what was taken out', async () => {
    await set(WHO_AND_WHERE.map((column) => `${column} = null`).join(', '));
    for (const [column, other] of OTHERS.filter(([name]) => WHO_AND_WHERE.includes(name)))
      await expectRefused(() => set(`${column} = ${other}`));
  });

  it('refuses a change of many lines for the sake of one', async () => {
    await insert();
    await expectRefused(() =>
      set(`user_id = null, action = case when id = '${id}' then action else 'x' end`, 'true'),
    );
  });

  it.each([
    ['the deletion of a line', () => `delete from audit_events where id = '${id}'`],
    ['the deletion of all lines', () => 'delete from audit_events'],
    ['to be emptied', () => 'truncate audit_events'],
    ['to be emptied with what hangs on it', () => 'truncate audit_events cascade'],
  ])('refuses %s', async (_what, statement) => {
    await expectRefused(() => database.query(statement()));
  });

  it('refuses a line in the place of another', async () => {
    await expectRefused(() =>
      database.query(
        `insert into audit_events (id, action) values ($1, 'role.changed')
         on conflict (id) do update set action = excluded.action`,
        [id],
      ),
    );
  });

  it('keeps its lines when an account goes', async () => {
    const userId = newId();
    await database.query(`insert into users (id, kind, role) values ($1, 'guest', 'user')`, [userId]);
    await database.query(`insert into audit_events (id, action, user_id) values ($1, 'session.ended', $2)`, [
      newId(),
      userId,
    ]);
    const before = await lines();
    await database.query('delete from users where id = $1', [userId]);
    expect(await lines()).toEqual(before);
  });
});
