import { newId } from '../../src/common/ids';
import { RowWriter, type NumberedRow } from '../../src/database/transfer/row-writer';
import { inSnapshot } from '../../src/database/transfer/snapshot';
import type { Row, RowType } from '../../src/database/transfer/tables';
import { migrate } from '../../src/database/migrate';
import { onWholeTables } from '../../src/database/transfer/transfer-database';
import { aConversationRow, aMessageRow, aUserRow } from '../factories/export-row';
import { cloneDatabase, type TestDatabase } from '../support/database';
import { makeTwoRoles } from '../support/two-roles';

describe('An export that is imported', () => {
  let database: TestDatabase;
  let lines: number;

  beforeEach(async () => {
    lines = 1;
    database = await cloneDatabase();
  });

  afterEach(() => database.drop());

  const numbered = (type: RowType, row: Row): NumberedRow => ({ line: (lines += 1), type, row });

  const importing = (...portions: NumberedRow[][]) =>
    onWholeTables(database.url, async (source) => {
      const writer = new RowWriter(source);
      for (const portion of portions) await writer.write(portion);
      return writer.added;
    });
  const leafAndCount = () =>
    database.query('select active_leaf_id as leaf, message_count as count from conversations');

  it('has its messages in their tree, whatever the order of their ids, and counts them', async () => {
    const [late, early] = [newId(), newId()].reverse() as [string, string]; // clocks of replicas differ
    const ana = aUserRow();
    const trip = aConversationRow({ userId: ana.id, activeLeafId: early });
    const root = aMessageRow({ conversationId: trip.id, id: late });
    const reply = aMessageRow({ conversationId: trip.id, parentId: late, id: early });
    const fork = aMessageRow({ conversationId: trip.id, parentId: late });
    const rows = [numbered('user', ana), numbered('conversation', trip), numbered('message', root)];
    await importing(rows, [numbered('message', reply)], [numbered('message', fork)]);
    const placed = await database.query(
      'select id, user_id, branch_id, depth from messages order by depth, id',
    );
    expect(placed).toEqual([
      { id: late, user_id: ana.id, branch_id: late, depth: 0 },
      { id: early, user_id: ana.id, branch_id: late, depth: 1 },
      { id: fork.id, user_id: ana.id, branch_id: fork.id, depth: 1 },
    ]);
    await expect(leafAndCount()).resolves.toEqual([{ leaf: early, count: 3 }]);
    const exported = await inSnapshot(database.url, async (snapshot) => {
      const ids: unknown[] = [];
      for await (const { id } of snapshot.rows('message', null)) ids.push(id);
      return ids;
    });
    expect(exported).toEqual([late, early, fork.id]);
  });

  it('has no branch in use before its messages are there, and none taken from who goes on meanwhile', async () => {
    const ana = aUserRow();
    const leaf = newId();
    const trip = aConversationRow({ userId: ana.id, activeLeafId: leaf });
    const beginning = [numbered('user', ana), numbered('conversation', trip)];
    const rest = [numbered('message', aMessageRow({ conversationId: trip.id, id: leaf }))];
    await importing(beginning);
    await expect(leafAndCount()).resolves.toEqual([{ leaf: null, count: 0 }]);
    await importing(beginning, rest);
    await expect(leafAndCount()).resolves.toEqual([{ leaf, count: 1 }]);
    const other = newId();
    await database.query('update conversations set active_leaf_id = $1', [other]);
    await expect(importing(beginning, rest)).resolves.toMatchObject({
      user: 0,
      conversation: 0,
      message: 0,
    });
    await expect(leafAndCount()).resolves.toEqual([{ leaf: other, count: 1 }]);
  });

  const taken = { kind: 'member', username: 'ana', passwordHash: 'x' };

  it.each<[string, RowType, Row, string, RegExp]>([
    ['a username of another account', 'user', aUserRow(taken), 'username_taken', /has the username ana\.$/],
    [
      'a role that there is not',
      'user',
      aUserRow({ role: 'canary' }),
      'validation_failed',
      /users_role_check/,
    ],
    [
      'a name that is too long',
      'user',
      aUserRow({ displayName: 'canary'.repeat(20) }),
      'validation_failed',
      /22001/,
    ],
    ['an owner who is not there', 'conversation', aConversationRow(), 'validation_failed', /user_id_fkey/],
    ['a conversation that is not there', 'message', aMessageRow(), 'validation_failed', /23502/],
    [
      'a text that cannot be stored',
      'user',
      aUserRow({ displayName: 'canary\u0000' }),
      'validation_failed',
      /22P05/,
    ],
  ])('is refused for %s: its line is named, and nothing of its portion stays', async (...given) => {
    const [, type, row, code, said] = given;
    await importing([numbered('user', aUserRow(taken))]);
    const portion = [numbered('user', aUserRow()), numbered(type, row), numbered('user', aUserRow())];
    const refused = await importing(portion).catch((error: unknown) => error as Error);
    expect(refused).toMatchObject({ code, message: expect.stringMatching(/^Line 4: /) as string });
    expect((refused as Error).message).toMatch(said);
    expect((refused as Error).message).not.toContain('canary');
    await expect(database.query('select from users')).resolves.toHaveLength(1);
  });

  it('needs no more than the rights on rows that the application has, and so does an export', async () => {
    const roles = await makeTwoRoles();
    try {
      await migrate(roles.owner, roles.app);
      const rows = [numbered('user', aUserRow()), numbered('user', aUserRow())];
      await onWholeTables(roles.app, (source) => new RowWriter(source).write(rows));
      await expect(inSnapshot(roles.app, (snapshot) => snapshot.count(null))).resolves.toBe(2);
    } finally {
      await roles.drop();
    }
  });

  it('is refused for a message whose parent is not there', async () => {
    const ana = aUserRow();
    const trip = aConversationRow({ userId: ana.id });
    const orphan = aMessageRow({ conversationId: trip.id, parentId: newId() });
    const rows = [numbered('user', ana), numbered('conversation', trip), numbered('message', orphan)];
    await expect(importing(rows)).rejects.toThrow(/^Line 4: the database refuses this message/);
    await expect(database.query('select from users')).resolves.toEqual([]);
  });
});
