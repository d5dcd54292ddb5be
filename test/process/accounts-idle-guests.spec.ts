import type { TokensResponse } from '../../src/auth/auth.dto';
import { Client } from '../support/client';
import { Replicas } from '../support/replicas';
import { waitUntil } from '../support/wait-until';

describe('Two replicas that keep guests for eight seconds', () => {
  let replicas: Replicas;
  let [here, there]: string[] = [];
  let [idle, calling, refreshing]: Client[] = [];
  let refreshToken: string | null;

  beforeAll(async () => {
    replicas = await Replicas.start(2, { env: { GUEST_TTL: '8s' } });
    [here, there] = replicas.urls;
    [idle, calling, refreshing] = await Promise.all([1, 2, 3].map(() => Client.guest(here!)));
    ({ refreshToken } = refreshing!.tokens!);
    const { id } = await idle!.conversation();
    await idle!.send(id, 'Where is it cold?');
    await waitUntil(() => othersComeBackUntil(isDue), 'a guest that has been away for long');
    await waitUntil(() => othersComeBackUntil(isGone), 'its end');
  });

  afterAll(() => replicas.close());

  const rowsOf = async (table: string, column: string, { tokens }: Client) => {
    const sql = `select from ${table} where ${column} = $1`;
    return (await replicas.database.query(sql, [tokens!.user.id])).length;
  };
  const isGone = async () => (await rowsOf('users', 'id', idle!)) === 0;
  const isDue = async () => {
    const sql = `select from users where id = $1 and last_seen_at < now() - interval '8 seconds'`;
    return (await replicas.database.query(sql, [idle!.tokens!.user.id])).length === 1;
  };
  const othersComeBackUntil = async (done: () => Promise<boolean>) => {
    for (const url of [here!, there!]) await new Client(url, calling!.tokens).get('/models');
    const { body } = await new Client(there!).post<TokensResponse>('/auth/refresh', { refreshToken });
    ({ refreshToken } = body);
    await new Client(here!, body).get('/models');
    return done();
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
    expect(await rowsOf('users', 'id', calling!)).toBe(1);
  });

  it('keep one that refreshes its tokens each time it comes back', async () => {
    expect(await rowsOf('users', 'id', refreshing!)).toBe(1);
  });
});
