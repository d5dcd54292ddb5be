import type { ClientBase } from 'pg';
import { keepPlan, keepPlans } from './kept-plans';

describe('A new connection', () => {
  const kept = keepPlan('of_a_unit_test', 'select $1::int as given_in_a_unit_test');
  const named = { name: 'of_a_unit_test', text: kept, values: [1] };

  /** Its process as it was told when it was opened, and as the server names it. */
  const connect = async (told: number, named: () => Promise<number>) => {
    const query = jest.fn(async (question: unknown) =>
      typeof question === 'object' && !('name' in question!) ? { rows: [{ pid: await named() }] } : null,
    );
    const client = { processID: told, query } as unknown as ClientBase;
    await keepPlans(client);
    await client.query(kept, [1]);
    return query.mock.calls as unknown[][];
  };

  it('has names for its statements where it leads to the server', async () => {
    const sent = await connect(7, () => Promise.resolve(7));
    expect(sent.at(-1)).toEqual([named]);
  });

  it('has none where it leads elsewhere', async () => {
    const sent = await connect(7, () => Promise.resolve(8));
    expect(sent.at(-1)).toEqual([kept, [1]]);
  });

  it('has none where it does not say in a second where it leads to', async () => {
    const sent = await connect(7, () => Promise.reject(new Error('Query read timeout')));
    expect(sent).toEqual([[expect.objectContaining({ query_timeout: 1_000 })], [kept, [1]]]);
  });
});
