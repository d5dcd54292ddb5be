import type { ApiKeyResponse } from '../../src/auth/api-keys/api-key.dto';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import { aMember } from '../support/callers';
import type { CallOptions, Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';

describe('What is deleted in the moment in which it is made', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
    ana = await aMember(parley);
    for (const table of ['conversations', 'api_keys']) await emptyAtOnce(table);
  });

  afterAll(() => parley.close());

  /** As if somebody had come between the statement that makes a row and the one after it. */
  async function emptyAtOnce(table: string): Promise<void> {
    await parley.database.query(
      `create function empty_${table}() returns trigger language plpgsql as
         $$ begin delete from ${table} where id = new.id; return null; end $$`,
    );
    await parley.database.query(
      `create trigger empty_${table} after insert on ${table} for each row execute function empty_${table}()`,
    );
  }

  it.each<[string, CallOptions]>([
    ['a conversation', {}],
    ['a conversation with a key', { headers: { 'Idempotency-Key': 'once' } }],
  ])('is answered as it was made: %s', async (_what, options) => {
    const wanted = { title: 'Trip to Oslo', metadata: { place: 'Oslo' } };
    const { status, body } = await ana.post<ConversationResponse>('/conversations', wanted, options);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...wanted,
      model: null,
      pinned: false,
      messageCount: 0,
      lastMessageAt: null,
    });
    expect(Math.abs(Date.parse(body.createdAt) - Date.now())).toBeLessThan(60_000);
    expect(await ana.get(`/conversations/${body.id}`)).toMatchObject({ status: 404 });
  });

  it('is answered as it was made: an API key', async () => {
    const wanted = { name: 'mine', scopes: ['read', 'chat'] };
    const { status, body } = await ana.post<ApiKeyResponse>('/auth/api-keys', wanted);
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...wanted, lastUsedAt: null, expiresAt: null });
    expect(await ana.delete(`/auth/api-keys/${body.id}`)).toMatchObject({ status: 404 });
  });
});
