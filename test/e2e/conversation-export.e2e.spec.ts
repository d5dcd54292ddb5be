import type { ConversationExportResponse } from '../../src/conversations/conversation-export.dto';
import { growBranch } from '../support/branches';
import { Client, type ProblemBody } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';

describe('A conversation that is exported', () => {
  let parley: RunningApp;
  let ana: Client;

  beforeAll(async () => {
    parley = await startApp();
  });

  beforeEach(async () => {
    ana = await Client.guest(parley.url);
  });

  afterAll(() => parley.close());

  const exported = <Body = string>(id: string, query = '') =>
    ana.get<Body>(`/conversations/${id}/export${query}`);
  const nameOf = ({ headers }: { headers: Headers }) => headers.get('content-disposition');

  it('is a file with the conversation and the messages of all its branches', async () => {
    const conversation = await ana.conversation({ title: 'Trip', systemPrompt: 'Be brief.' });
    const { message, reply } = await ana.send(conversation.id, 'Where is it cold?');
    const other = await ana.send(conversation.id, 'Where is it warm?', { parentId: null });
    const answer = await exported<ConversationExportResponse>(conversation.id);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(nameOf(answer)).toBe('attachment; filename="Trip.json"');
    expect(answer.body.conversation).toEqual((await ana.get(`/conversations/${conversation.id}`)).body);
    const ids = [message, reply, other.message, other.reply].map(({ id }) => id);
    expect(answer.body.messages.map(({ id }) => id)).toEqual(ids);
    expect(answer.body.messages[1]).toEqual(await ana.message(conversation.id, reply.id));
    expect((await exported(conversation.id, '?format=json')).body).toEqual(answer.body);
  });

  it('is, as Markdown, the branch in use, to be read from top to bottom', async () => {
    const { id } = await ana.conversation({ title: 'Trip\nto Oslo', systemPrompt: 'Be brief.\nBe kind.' });
    await ana.send(id, 'Left behind');
    const one = await ana.send(id, 'Where is *it* cold?', { parentId: null });
    const two = await ana.send(id, 'And warm?');
    const answer = await exported(id, '?format=markdown');
    expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(nameOf(answer)).toBe('attachment; filename="Trip to Oslo.md"');
    const { createdAt } = (await ana.get<{ createdAt: string }>(`/conversations/${id}`)).body;
    const part = (who: string, { createdAt: at, content }: { createdAt: string; content: string }) =>
      `\n## ${who}, ${at}\n\n${content}\n`;
    expect(answer.body).toBe(
      `# Trip to Oslo\n\nBegun ${createdAt}\n\n> Be brief.\n> Be kind.\n` +
        part('You', one.message) +
        part(one.reply.model!, one.reply) +
        part('You', two.message) +
        part(two.reply.model!, two.reply),
    );
  });

  it.each(['json', 'markdown'])(
    'has every message of a long one, once and in order, as %s',
    async (format) => {
      const { id } = await ana.conversation();
      const place = { userId: ana.tokens!.user.id, conversationId: id };
      const ids = await growBranch(parley.database, place, 95);
      const { body } = await exported<unknown>(id, `?format=${format}`);
      if (format === 'json')
        expect((body as ConversationExportResponse).messages.map((message) => message.id)).toEqual(ids);
      else expect((body as string).match(/^## /gm)).toHaveLength(95);
    },
  );

  it('may be empty', async () => {
    const { id } = await ana.conversation();
    expect((await exported<ConversationExportResponse>(id)).body.messages).toEqual([]);
    expect((await exported(id, '?format=markdown')).body).toMatch(/^# Conversation\n\nBegun \S+\n$/);
  });

  it.each([
    [null, 'attachment; filename="conversation.json"'],
    ['../../etc/passwd', 'attachment; filename="etc passwd.json"'],
    ['..', 'attachment; filename="conversation.json"'],
    ['a"; filename="b', 'attachment; filename="a filename b.json"'],
    ['漢字', `attachment; filename="??.json"; filename*=UTF-8''%E6%BC%A2%E5%AD%97.json`],
    ['x'.repeat(200), `attachment; filename="${'x'.repeat(80)}.json"`],
  ])('with the title %j is a file of a harmless name', async (title, name) => {
    const { id } = await ana.conversation(title === null ? {} : { title });
    expect(nameOf(await exported(id))).toBe(name);
  });

  it('is refused in a form that is not known', async () => {
    const { id } = await ana.conversation();
    const refused = await exported<ProblemBody>(id, '?format=exe');
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'query.format' }] } });
  });
});
