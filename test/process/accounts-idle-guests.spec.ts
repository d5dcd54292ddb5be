import { Client } from '../support/client';
import { Replicas } from '../support/replicas';
import { waitUntil } from '../support/wait-until';

describe('Two replicas that erase guests who stay away', () => {
  let replicas: Replicas;
  let [idle, calling, refreshing]: Client[] = [];

  /** Time goes by in the database, so that it is the same time on every machine. */
  beforeAll(async () => {
    replicas = await Replicas.start(1, { env: { GUEST_TTL: '1h' } });
    [idle, calling, refreshing] = await Promise.all([1, 2, 3].map(() => Client.guest(replicas.urls[0]!)));
    const { id } = await idle!.conversation();
    await idle!.send(id, 'Where is it cold?');
    await moveVisits(`- interval '40 minutes'`);
    await calling!.get('/models');
    const { refreshToken } = refreshing!.tokens!;
    await refreshing!.post('/auth/refresh', { refreshToken });
    await moveVisits(`+ interval '30 minutes'`); // who came back is not due for as long as that
    await Promise.all([1, 2].map(() => replicas.add({ GUEST_TTL: '1s' })));
    await waitUntil(isGone, 'the end of one that stays away');
  });

  afterAll(() => replicas.close());

  const rowsOf = async (table: string, column: string, { tokens }: Client) => {
    const sql = `select from ${table} where ${column} = $1`;
    return (await replicas.database.query(sql, [tokens!.user.id])).length;
  };
  const isGone = async () => (await rowsOf('users', 'id', idle!)) === 0;
  const moveVisits = (by: string) =>
    replicas.database.query(`update users set last_seen_at = last_seen_at ${by}`);
  const isKept = async ({ tokens }: Client) => {
    const sql = 'select from users where id = $1 and erased_at is null';
    return (await replicas.database.query(sql, [tokens!.user.id])).length === 1;
  };

  it.each([
    ['users', 'id'],
    ['sessions', 'user_id'],
    ['conversations', 'user_id'],
    ['messages', 'user_id'],
  ])('leave nothing in %s of one that stays away', async (table, column) => {
    expect(await rowsOf(table, column, idle!)).toBe(0);
  });

  it('keep one that makes calls', async () => {
    expect(await isKept(calling!)).toBe(true);
  });

  it('keep one that refreshes its tokens', async () => {
    expect(await isKept(refreshing!)).toBe(true);
  });
});
