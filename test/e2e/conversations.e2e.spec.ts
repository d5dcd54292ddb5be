import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import { newId } from '../../src/common/ids';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';

const EVERYTHING = {
  title: 'Trip to Oslo',
  model: 'demo/demo',
  systemPrompt: 'Answer in Norwegian.',
  metadata: { team: 'travel', 'a/b~c': '' },
};

/** What neither a new conversation nor a change takes. */
const REFUSED: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['an unknown field', { titel: 'x' }, '/titel'],
  ['a name that every object has', { constructor: { name: 'x' } }, '/constructor'],
  ['a number for a title', { title: 1 }, '/title'],
  ['an empty title', { title: '' }, '/title'],
  ['a title of 201 units', { title: 't'.repeat(201) }, '/title'],
  ['an empty model', { model: '' }, '/model'],
  ['a list for a model', { model: ['demo/demo'] }, '/model'],
  ['a system prompt of 8,001 units', { systemPrompt: 's'.repeat(8001) }, '/systemPrompt'],
  ['numbers in metadata', { metadata: { n: 1 } }, '/metadata'],
  ['lists in metadata', { metadata: { n: ['x'] } }, '/metadata'],
  ['null in metadata', { metadata: { n: null } }, '/metadata'],
  ['null for metadata', { metadata: null }, '/metadata'],
  ['a list for metadata', { metadata: [] }, '/metadata'],
  ['17 metadata entries', { metadata: entries(17) }, '/metadata'],
  ['a metadata name of 65 units', { metadata: { ['k'.repeat(65)]: 'x' } }, '/metadata'],
  ['a metadata text of 513 units', { metadata: { k: 'v'.repeat(513) } }, '/metadata'],
  ['a metadata name that every object has', { metadata: { toString: 'x' } }, '/metadata/toString'],
];

function entries(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`name ${n}`, 'text']));
}

describe('Conversations', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
    ana = await Client.guest(parley.url);
  });

  afterAll(() => parley.close());

  const read = async (id: string) => (await ana.get<ConversationResponse>(`/conversations/${id}`)).body;

  describe('that are made', () => {
    it('have nothing but what was given', async () => {
      const { status, headers, body } = await ana.post<ConversationResponse>('/conversations', {});
      expect(status).toBe(201);
      expect(headers.get('location')).toBe(`/api/v1/conversations/${body.id}`);
      expect(body).toMatchObject({ title: null, model: null, systemPrompt: null, metadata: {} });
      expect(body).toMatchObject({ pinned: false, archived: false, messageCount: 0 });
      expect(body).toMatchObject({ activeLeafId: null, lastMessageAt: null, updatedAt: body.createdAt });
    });

    it('need no body', async () => {
      expect((await ana.post('/conversations')).status).toBe(201);
    });

    it('keep every field', async () => {
      const made = await ana.conversation(EVERYTHING);
      expect(made).toMatchObject(EVERYTHING);
      expect(await read(made.id)).toEqual(made);
    });

    it('take the longest of everything', async () => {
      const longest = {
        title: '\u{1F600}'.repeat(100),
        systemPrompt: 's'.repeat(8000),
        metadata: { ...entries(15), ['k'.repeat(64)]: 'v'.repeat(512) },
      };
      const { id } = await ana.conversation(longest);
      expect(await read(id)).toMatchObject(longest);
    });

    it('give text back as it came, markup and quotes too', async () => {
      const title = `<script>alert(1)</script> '); drop table users; -- \u202E \n\t é e\u0301`;
      expect((await read((await ana.conversation({ title })).id)).title).toBe(title);
    });

    it.each([
      ...REFUSED,
      ['null for a title', { title: null }, '/title'] as const,
      ['a field that only a change has', { pinned: true }, '/pinned'] as const,
    ])('are refused with %s', async (_what, body, path) => {
      const answer = await ana.post('/conversations', body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ path }] } });
    });

    it('are refused with a model that there is not', async () => {
      const answer = await ana.post('/conversations', { model: 'demo/other' });
      expect(answer).toMatchObject({ status: 400, body: { code: 'unknown_model' } });
    });
  });

  describe('that are changed', () => {
    const change = <Body = ConversationResponse>(id: string, changes: unknown) =>
      ana.patch<Body>(`/conversations/${id}`, changes);

    it.each<[string, unknown]>([
      ['title', 'Trip to Bergen'],
      ['systemPrompt', ''],
      ['pinned', false],
      ['archived', false],
      ['metadata', { other: 'text' }],
    ])('have a new %s, and the rest as it was', async (field, value) => {
      const { id } = await ana.conversation({ ...EVERYTHING, title: 'Trip' });
      const { body: before } = await change(id, { pinned: true, archived: true });
      const { status, body } = await change(id, { [field]: value });
      expect(status).toBe(200);
      expect(body).toEqual({ ...before, [field]: value, updatedAt: body.updatedAt });
      expect(await read(id)).toEqual(body);
    });

    it.each(['title', 'model', 'systemPrompt'])('have no %s when it is null', async (field) => {
      const before = await ana.conversation(EVERYTHING);
      const { body } = await change(before.id, { [field]: null });
      expect(body).toEqual({ ...before, [field]: null, updatedAt: body.updatedAt });
    });

    it('stay as they are when nothing is given', async () => {
      const before = await ana.conversation(EVERYTHING);
      const { status, body } = await change(before.id, {});
      expect(status).toBe(200);
      expect(body).toEqual({ ...before, updatedAt: body.updatedAt });
    });

    it('stay where they were in the list', async () => {
      const [older, newer] = [await ana.conversation(), await ana.conversation()];
      await change(older.id, { title: 'Touched' });
      const { body } = await ana.get<{ data: ConversationResponse[] }>('/conversations?limit=2');
      expect(body.data.map(({ id }) => id)).toEqual([newer.id, older.id]);
    });

    it.each([
      ...REFUSED,
      ['null for pinned', { pinned: null }, '/pinned'] as const,
      ['a text for archived', { archived: 'true' }, '/archived'] as const,
      ['an activeLeafId that is no id', { activeLeafId: 'x' }, '/activeLeafId'] as const,
    ])('refuse %s, and stay as they were', async (_what, changes, path) => {
      const before = await ana.conversation(EVERYTHING);
      const answer = await change(before.id, { title: 'Changed', ...changes });
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ path }] } });
      expect(await read(before.id)).toEqual(before);
    });

    it('refuse a model that there is not', async () => {
      const { id } = await ana.conversation();
      const answer = await change(id, { model: 'demo/other' });
      expect(answer).toMatchObject({ status: 400, body: { code: 'unknown_model' } });
    });

    it('refuse a message that there is not, and stay as they were', async () => {
      const before = await ana.conversation({ title: 'Trip' });
      const answer = await change(before.id, { title: 'Changed', activeLeafId: newId() });
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(await read(before.id)).toEqual(before);
    });
  });

  it('are found by their id in any case', async () => {
    const { id } = await ana.conversation();
    expect((await read(id.toUpperCase())).id).toBe(id);
  });

  it.each(['GET', 'PATCH', 'DELETE'])('that nobody has made are not found by %s', async (method) => {
    const body = method === 'PATCH' ? {} : undefined;
    const answer = await ana.call(method, `/conversations/${newId()}`, body);
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});
