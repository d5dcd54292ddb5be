import type { Locator } from 'playwright-core';
import type { Page as Rows } from '../../src/common/paging/page';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import { aMember } from '../support/callers';
import type { Client } from '../support/client';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { startPageApp, type PageApp } from './support/page-app';
import { signIn } from './support/person';
import { Sidebar } from './support/sidebar';
import { Visitor } from './support/visitor';

type Found = Required<Pick<ConversationResponse, 'snippet' | 'snippetMatches'>>;

describe('A search beside the chat', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let ana: Client;
  let sidebar: Sidebar;

  beforeAll(async () => {
    app = await startPageApp({ GUESTS: 'off' });
    app.model.answerAll((answer) => answer.whole('Nothing to see.'));
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    ana = await aMember(app.parley);
    await ana.conversation({ title: 'Of walnuts and trees' });
    const { id } = await ana.conversation({ title: 'Oslo' });
    await ana.send(
      id,
      '\u{1F600}\u{1F333} <i>Tom</i> & Jerry like the Walnut \u{1F1F3}\u{1F1F4} of old, a walnut.',
    );
    await ana.conversation({ title: 'Bergen' });
    sidebar = new Sidebar(await signIn(visitor, ana));
    await sidebar.expectTitles('Recent', ['Bergen', 'Oslo', 'Of walnuts and trees']);
  });
  afterEach(() => visitor.expectQuiet());

  /** The text, and where in it the marked words are, as the API counts. */
  const shown = (snippet: Locator): Promise<Found> =>
    snippet.evaluate((element) => {
      let text = '';
      const matches: [number, number][] = [];
      for (const { nodeName, textContent } of element.childNodes) {
        if (nodeName === 'MARK') matches.push([text.length, textContent!.length]);
        text += textContent;
      }
      return { snippet: text, snippetMatches: matches };
    });

  it('finds titles and messages, and marks the words where the API has found them', async () => {
    await sidebar.search.fill('walnut');
    await sidebar.expectTitles('Found', ['Oslo', 'Of walnuts and trees']);
    const { data } = (await ana.get<Rows<Found>>('/conversations?q=walnut')).body;
    const snippets = await sidebar.section('Found').locator('.snippet').all();
    const onPage = await Promise.all(snippets.map(shown));
    expect(onPage).toEqual(data.map(({ snippet, snippetMatches }) => ({ snippet, snippetMatches })));
    const marks = await sidebar.section('Found').locator('mark').allTextContents();
    expect(marks).toEqual(['Walnut', 'walnut', 'walnuts']);
  });

  it('leads to what was found, and stays as it is', async () => {
    await sidebar.search.fill('jerry');
    await sidebar.expectTitles('Found', ['Oslo']);
    const link = sidebar.link(/Oslo/);
    await link.click();
    await visitor.tabs[0]!.getByRole('article', { name: 'Question' }).getByText('Jerry like').waitFor();
    await expectSoon(() => link.getAttribute('aria-current'), 'page');
    await sidebar.expectTitles('Found', ['Oslo']);
  });

  it('says so when nothing is found', async () => {
    await sidebar.search.fill('hazelnut');
    await sidebar.section('Found').getByText('Nothing has these words.').waitFor();
    await sidebar.expectTitles('Found', []);
  });

  it('brings the lists back with Escape', async () => {
    await sidebar.search.fill('walnut');
    await sidebar.expectTitles('Found', ['Oslo', 'Of walnuts and trees']);
    await sidebar.search.press('Escape');
    await sidebar.expectTitles('Recent', ['Bergen', 'Oslo', 'Of walnuts and trees']);
    await expect(sidebar.section('Found').count()).resolves.toBe(0);
    await expect(sidebar.search.inputValue()).resolves.toBe('');
  });
});
