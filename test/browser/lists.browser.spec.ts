import type { Page } from 'playwright-core';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import { aMember } from '../support/callers';
import type { Client } from '../support/client';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { startPageApp, type PageApp } from './support/page-app';
import { saved, signIn } from './support/person';
import { Sidebar } from './support/sidebar';
import { Visitor } from './support/visitor';

describe('The list of conversations', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let ana: Client;
  let page: Page;
  let sidebar: Sidebar;

  beforeAll(async () => (app = await startPageApp({ GUESTS: 'off' })));
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    ana = await aMember(app.parley);
  });
  afterEach(() => visitor.expectQuiet());

  /** Of the page, which Ana comes to with these conversations, the newest last. */
  async function come(...titles: string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const title of titles) ids.push((await ana.conversation({ title })).id);
    page = await signIn(visitor, ana);
    sidebar = new Sidebar(page);
    return ids;
  }

  const known = async (id: string) => (await ana.get<ConversationResponse>(`/conversations/${id}`)).body;

  it('has the newest first, and what is asked in now at the top', async () => {
    await come('One', 'Two', 'Three');
    await sidebar.expectTitles('Recent', ['Three', 'Two', 'One']);
    await sidebar.link('One').click();
    const chat = new ChatPage(page);
    await chat.ask('What now?');
    await sidebar.expectTitles('Recent', ['One', 'Three', 'Two']);
    await expect(sidebar.link('One').getAttribute('aria-current')).resolves.toBe('page');
  });

  it('says what will be there while there is nothing', async () => {
    await come();
    await sidebar.section('Recent').getByText('Your conversations will be here.').waitFor();
  });

  it('loads more before its end is seen as it is scrolled, each conversation once and in order', async () => {
    const titles = Array.from({ length: 75 }, (_, n) => `Trip ${n + 1}`);
    await come(...titles);
    const seen = () => sidebar.section('Recent').locator('.title').count();
    await expectSoon(seen, 30);
    await sidebar.scrollDown(250); // of the 500 that there are to the end
    await expectSoon(seen, 60);
    await sidebar.scrollDown(10_000);
    await sidebar.expectTitles('Recent', titles.toReversed());
  });

  it('says so when more can’t be loaded, and loads it when it is asked to', async () => {
    const titles = Array.from({ length: 35 }, (_, n) => `Trip ${n + 1}`);
    await come(...titles);
    await expectSoon(() => sidebar.section('Recent').locator('.title').count(), 30);
    await app.network.cut();
    await sidebar.scrollDown(10_000);
    await sidebar.section('Recent').getByText('More could not be loaded.').waitFor();
    await app.network.mend();
    await sidebar.section('Recent').getByRole('button', { name: 'Try again' }).click();
    await sidebar.expectTitles('Recent', titles.toReversed());
  });

  it('renames a conversation, in the list and above the chat', async () => {
    const [id] = await come('One');
    await sidebar.link('One').click();
    await sidebar.choose('One', 'Rename');
    const title = page.getByRole('dialog', { name: 'Rename' }).getByRole('textbox', { name: 'Title' });
    await expect(title.inputValue()).resolves.toBe('One');
    await title.fill('  Oslo & <b>Bergen</b> ');
    await title.press('Enter');
    await sidebar.expectTitles('Recent', ['Oslo & <b>Bergen</b>']);
    await page.getByRole('heading', { name: 'Oslo & <b>Bergen</b>' }).waitFor();
    await expectSoon(async () => (await known(id!)).title, 'Oslo & <b>Bergen</b>');
  });

  it('leaves a title as it was when the dialog is left', async () => {
    await come('One');
    await sidebar.choose('One', 'Rename');
    await page.getByRole('textbox', { name: 'Title' }).fill('Two');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await sidebar.expectTitles('Recent', ['One']);
  });

  it('pins a conversation above the others, and unpins it to where it was', async () => {
    await come('One', 'Two', 'Three');
    await sidebar.choose('Two', 'Pin');
    await sidebar.expectTitles('Pinned', ['Two']);
    await sidebar.expectTitles('Recent', ['Three', 'One']);
    await page.reload();
    await sidebar.expectTitles('Pinned', ['Two']);
    await sidebar.choose('Two', 'Unpin');
    await sidebar.expectTitles('Recent', ['Three', 'Two', 'One']);
    await expect(sidebar.section('Pinned').count()).resolves.toBe(0);
  });

  it('archives a conversation, shows the archive, and takes it out again', async () => {
    const [id] = await come('One', 'Two');
    await sidebar.choose('One', 'Archive');
    await sidebar.expectTitles('Recent', ['Two']);
    await sidebar.button('Show the archive').click();
    await sidebar.expectTitles('Archived', ['One']);
    await expect(known(id!)).resolves.toMatchObject({ archived: true });
    await sidebar.choose('One', 'Take out of the archive');
    await sidebar.section('Archived').getByText('Nothing is archived.').waitFor();
    await sidebar.button('Back to the conversations').click();
    await sidebar.expectTitles('Recent', ['Two', 'One']);
  });

  it('saves a conversation as Markdown and as JSON', async () => {
    const [id] = await come('One');
    await ana.send(id!, 'Where is it cold?');
    const markdown = await saved(page, () => sidebar.choose('One', 'Export as Markdown'));
    const path = `/conversations/${id}/export?format=markdown`;
    expect(markdown).toEqual({
      name: expect.stringMatching(/\.md$/) as string,
      text: (await ana.get(path)).body,
    });
    expect(markdown.text).toContain('You said: Where is it cold?');
    const json = await saved(page, () => sidebar.choose('One', 'Export as JSON'));
    expect(json.name).toMatch(/\.json$/);
    expect(JSON.parse(json.text)).toMatchObject({
      conversation: { id, title: 'One' },
      messages: [{ content: 'Where is it cold?' }, { content: 'You said: Where is it cold?' }],
    });
  });

  it('says in plain words why a conversation could not be saved', async () => {
    const [id] = await come('One');
    await sidebar.link('One').waitFor();
    await ana.delete(`/conversations/${id}`);
    await sidebar.choose('One', 'Export as Markdown');
    await page.getByText('It is no longer there. It may have been deleted elsewhere.').waitFor();
  });
});
