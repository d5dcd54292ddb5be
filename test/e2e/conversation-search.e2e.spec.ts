import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import type { Page } from '../../src/common/paging/page';
import { Client } from '../support/client';
import { collectPages } from '../support/collect-pages';
import { startScriptedApp, type ScriptedApp } from '../support/scripted-app';

type Found = ConversationResponse & Required<Pick<ConversationResponse, 'snippet' | 'snippetMatches'>>;

describe('A search in conversations', () => {
  let app: ScriptedApp;
  let ana: Client;

  beforeAll(async () => {
    app = await startScriptedApp();
    app.model.answerAll((answer) => answer.whole('Nothing to see.'));
  });

  beforeEach(async () => {
    ana = await Client.guest(app.parley.url);
  });

  afterAll(() => app.parley.close());

  const search = async (q: string, more = '', client = ana) =>
    (await client.get<Page<Found>>(`/conversations?q=${encodeURIComponent(q)}${more}`)).body.data;
  const idsOf = (found: readonly ConversationResponse[]) => found.map(({ id }) => id);
  const withQuestion = async (content: string, conversation: Record<string, unknown> = {}) => {
    const { id } = await ana.conversation(conversation);
    await ana.send(id, content);
    return id;
  };
  const wordsOf = ({ snippet, snippetMatches }: Found) =>
    snippetMatches.map(([start, length]) => snippet.slice(start, start + length));

  it('finds what stands in a title, a question or an answer, most recent activity first', async () => {
    const { id: titled } = await ana.conversation({ title: 'A walnut tree' });
    const asked = await withQuestion('Where do walnuts grow? The walnut is old.');
    app.model.answer('What is it?', (answer) => answer.whole('It is a walnut.'));
    const answered = await withQuestion('What is it?');
    await withQuestion('Something else');
    expect(idsOf(await search('walnut'))).toEqual([answered, asked, titled]);
  });

  it('shows a plain piece of the text, and which words of it were found', async () => {
    const before = '\u{1F600} <b>Tom & Jerry</b> like nuts. '.repeat(20);
    await withQuestion(`${before}The Walnut \u{1F333} of Oslo. ${before}`);
    const [found] = await search('oslo walnut');
    expect(found!.snippet.length).toBeLessThan(400);
    expect(found!.snippet).toContain('The Walnut \u{1F333} of Oslo.');
    expect(wordsOf(found!).sort()).toEqual(['Oslo', 'Walnut']);
  });

  it('shows the title where only that has the words', async () => {
    const { id } = await ana.conversation({ title: 'Of walnuts and trees' });
    await ana.send(id, 'Hello');
    const [found] = await search('walnuts');
    expect(found).toMatchObject({ snippet: 'Of walnuts and trees', snippetMatches: [[3, 7]] });
    expect(found).toMatchObject({ id, title: 'Of walnuts and trees', messageCount: 2 });
  });

  it('wants all words, in any order and case, and takes the last one for a beginning', async () => {
    const id = await withQuestion('Oslo has old walnut trees');
    for (const q of ['WALNUT oslo', 'walnut tre', 'old  trees', 'wal'])
      expect(idsOf(await search(q))).toEqual([id]);
    for (const q of ['walnut bergen', 'tre walnut', 'alnut']) expect(await search(q)).toEqual([]);
  });

  it.each(['100%_\\ \' " & | ! :* ( )', '!!!', "'; drop table users; --", '<->', ':*', '@', '\u{1F600}'])(
    'takes %j by the letter',
    async (q) => {
      await withQuestion('Something about 100 things');
      const found = await search(q);
      expect(found.length).toBe(q.startsWith('100') ? 1 : 0);
    },
  );

  it("finds nothing of anybody else, and is not fooled by an account's id", async () => {
    await withQuestion('walnut');
    const ben = await Client.guest(app.parley.url);
    expect(await search('walnut', '', ben)).toEqual([]);
    expect(await search(`@${ana.tokens!.user.id}`, '', ben)).toEqual([]);
    expect(await search(ana.tokens!.user.id)).toEqual([]);
  });

  it('goes together with the other filters', async () => {
    const kept = await withQuestion('walnut one');
    const [archived, pinned] = [await withQuestion('walnut two'), await withQuestion('walnut three')];
    await ana.patch(`/conversations/${archived}`, { archived: true });
    await ana.patch(`/conversations/${pinned}`, { pinned: true });
    expect(idsOf(await search('walnut'))).toEqual([pinned, kept]);
    expect(idsOf(await search('walnut', '&archived=true'))).toEqual([archived]);
    expect(idsOf(await search('walnut', '&pinned=true'))).toEqual([pinned]);
    expect(idsOf(await search('walnut', '&pinned=false'))).toEqual([kept]);
  });

  it('goes page by page, each conversation once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift(await withQuestion(`walnut ${n}`, { title: 'walnut' }));
    const pages = await collectPages<Found>(ana, '/conversations?q=walnut&limit=2');
    expect(pages.map(idsOf)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
  });

  it('leaves rows of a list that was not searched without a snippet', async () => {
    await ana.conversation();
    const [row] = (await ana.get<Page<Found>>('/conversations')).body.data;
    expect(row).not.toHaveProperty('snippet');
  });

  it.each(['', '%20', 'x'.repeat(201), '%00'])('is refused for %j', async (q) => {
    const refused = await ana.get(`/conversations?q=${q}`);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'query.q' }] } });
  });

  it('stores a reply of any length and any words', async () => {
    const words = Array.from({ length: 30_000 }, (_, n) => (n * 7919).toString(36)).join(' ');
    app.model.answer('Talk', (answer) => answer.whole(words, 'x'.repeat(10_000)));
    const { id } = await ana.conversation();
    const { reply } = await ana.send(id, 'Talk');
    expect(reply).toMatchObject({ status: 'completed' });
    expect(idsOf(await search(words.slice(0, 20)))).toEqual([id]);
  });
});
