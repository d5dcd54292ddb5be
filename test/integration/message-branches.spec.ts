import * as fc from 'fast-check';
import { DataSource } from 'typeorm';
import { newId } from '../../src/common/ids';
import { MessageRepository } from '../../src/conversations/message.repository';
import { migrate } from '../../src/database/migrate';
import { migrationOptions } from '../../src/database/migration-lock';
import { cloneDatabase, type TestDatabase } from '../support/database';

interface Node {
  readonly id: string;
  readonly parentId: string | null;
}

/** In the order of their making: each is a root, or below one that there is. Their ids are in no order at all. */
const aTree = (most: number): fc.Arbitrary<Node[]> =>
  fc
    .uniqueArray(fc.tuple(fc.noBias(fc.uuid()), fc.noBias(fc.nat())), {
      ...{ minLength: most / 2, maxLength: most }, // small ones say nothing about two forks on one branch
      selector: ([id]) => id,
    })
    .map((made) => {
      const ids = made.map(([id]) => id);
      return made.map(([id, place], n) => ({ id, parentId: ids[n - 1 - (place % (n + 1))] ?? null }));
    });

/** As `aTree`, with most messages below the one before, as in a conversation. */
const aLongTree = (most: number): fc.Arbitrary<Node[]> =>
  fc.tuple(aTree(most), fc.infiniteStream(fc.noBias(fc.nat(5)))).map(([nodes, chances]) =>
    nodes.map(({ id, parentId }, n) => ({
      id,
      parentId: chances.next().value ? (nodes[n - 1]?.id ?? null) : parentId,
    })),
  );

/** The end of the branch, walked one message after the other. */
function walkDown(nodes: readonly Node[], from: string): string {
  const children = nodes.filter(({ parentId }) => parentId === from).map(({ id }) => id);
  return children.length === 0 ? from : walkDown(nodes, children.sort().at(-1)!);
}

/** A smaller tree would say no more, and finding one takes a minute. */
const RUNS = { numRuns: 30, endOnFailure: true };

describe('The end of a branch', () => {
  const userId = newId();
  let database: TestDatabase;
  let dataSource: DataSource;
  let messages: MessageRepository;

  beforeAll(async () => {
    database = await cloneDatabase();
    dataSource = await new DataSource(migrationOptions(database.url)).initialize();
    messages = new MessageRepository(dataSource);
    await dataSource.query(`insert into users (id, kind, role) values ($1, 'guest', 'user')`, [userId]);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function conversation(): Promise<string> {
    const id = newId();
    await dataSource.query('insert into conversations (id, user_id) values ($1, $2)', [id, userId]);
    return id;
  }

  const insert = (conversationId: string, nodes: readonly Node[]) =>
    dataSource.query(
      `insert into messages (id, user_id, conversation_id, parent_id, role, status, content, tokens)
       select id, $1, $2, parent_id, 'user', 'completed', '', 0 from unnest($3::uuid[], $4::uuid[]) made (id, parent_id)`,
      [userId, conversationId, nodes.map(({ id }) => id), nodes.map(({ parentId }) => parentId)],
    );

  async function expectTheWalk(conversationId: string, nodes: readonly Node[]): Promise<void> {
    const found = await Promise.all(
      nodes.map(({ id }) => messages.findLeafOwned(userId, conversationId, id)),
    );
    expect(found).toEqual(nodes.map(({ id }) => walkDown(nodes, id)));
  }

  const clear = () => dataSource.query('delete from conversations');

  it.each([
    ['bushy', aTree(24)],
    ['long', aLongTree(40)],
  ])('is where a walk down through the newest children comes to, in any %s tree', async (_shape, trees) => {
    await fc.assert(
      fc.asyncProperty(trees, fc.nat(40), async (nodes, together) => {
        await clear();
        const conversationId = await conversation();
        await insert(conversationId, nodes.slice(0, together)); // one statement for several, as for a turn
        for (const node of nodes.slice(together)) await insert(conversationId, [node]);
        await expectTheWalk(conversationId, nodes);
      }),
      RUNS,
    );
  });

  it('is the same for messages from before there were branches', async () => {
    const isPlaced = `select from information_schema.columns where table_name = 'messages' and column_name = 'branch_id'`;
    await fc.assert(
      fc.asyncProperty(aTree(30), aLongTree(40), aTree(10), async (bushy, long, later) => {
        await clear();
        while ((await database.query(isPlaced)).length > 0)
          await dataSource.undoLastMigration({ transaction: 'each' });
        const [one, other] = [await conversation(), await conversation()];
        await insert(one, bushy);
        await insert(other, long);
        await migrate(database.url);
        await expectTheWalk(one, bushy);
        await expectTheWalk(other, long);
        const added = later.map(({ id, parentId }) => ({ id, parentId: parentId ?? bushy[0]!.id }));
        await insert(one, added);
        await expectTheWalk(one, [...bushy, ...added]);
      }),
      { ...RUNS, numRuns: 6 },
    );
  });

  it('is the same after a restore, in whatever order the rows come, and with the empty search path of a dump', async () => {
    await clear();
    const conversationId = await conversation();
    const nodes = Array.from({ length: 6 }, () => newId()).map((id, n, ids) => ({
      id,
      parentId: ids[n - 1] ?? null,
    }));
    await insert(conversationId, nodes);
    await dataSource.transaction(async (restore) => {
      await restore.query('create temporary table saved on commit drop as select * from messages');
      await restore.query('delete from messages');
      await restore.query(`set local search_path to ''`);
      const backwards = 'insert into public.messages select * from pg_temp.saved order by id desc';
      await restore.query(backwards);
    });
    await expectTheWalk(conversationId, nodes);
  });

  it('stays what it was when a message is refused for its parent', async () => {
    const conversationId = await conversation();
    const root = { id: newId(), parentId: null };
    await insert(conversationId, [root]);
    await expect(insert(conversationId, [{ id: newId(), parentId: newId() }])).rejects.toMatchObject({
      driverError: { code: '23503' },
    });
    await expectTheWalk(conversationId, [root]);
  });
});
