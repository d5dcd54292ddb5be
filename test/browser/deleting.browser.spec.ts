import type { Page } from 'playwright-core';
import { aMember } from '../support/callers';
import type { Client } from '../support/client';
import { waitUntil } from '../support/wait-until';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { startPageApp, type PageApp } from './support/page-app';
import { noticeOf, signIn, stopClock, watchCalls } from './support/person';
import { Sidebar } from './support/sidebar';
import { Visitor } from './support/visitor';

describe('A conversation that is deleted', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let ana: Client;
  let page: Page;
  let sidebar: Sidebar;
  let ids: string[];
  let calls: string[];

  beforeAll(async () => (app = await startPageApp({ GUESTS: 'off' })));
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    ana = await aMember(app.parley);
    ids = [];
    for (const title of ['One', 'Two', 'Three']) ids.push((await ana.conversation({ title })).id);
    page = await signIn(visitor, ana);
    sidebar = new Sidebar(page);
    await sidebar.expectTitles('Recent', ['Three', 'Two', 'One']);
    calls = watchCalls(page);
  });
  afterEach(() => visitor.expectQuiet());

  const isThere = async (id: string) => (await ana.get(`/conversations/${id}`)).status === 200;
  const isGone = (id: string) => waitUntil(async () => !(await isThere(id)), 'a deletion');
  const deletions = () => calls.filter((call) => call.startsWith('DELETE'));
  const undo = () => noticeOf(page, 'is deleted.').getByRole('button', { name: 'Undo' });

  it('leaves the list at once, and the server when the time to undo it is over, once', async () => {
    await stopClock(page);
    await sidebar.choose('Two', 'Delete');
    await noticeOf(page, '“Two” is deleted.').waitFor();
    await sidebar.expectTitles('Recent', ['Three', 'One']);
    await page.clock.fastForward(4_000);
    expect(deletions()).toEqual([]);
    await expect(isThere(ids[1]!)).resolves.toBe(true);
    await page.clock.fastForward(2_000);
    await isGone(ids[1]!);
    await undo().waitFor({ state: 'detached' });
    await page.clock.fastForward(60_000);
    await page.reload();
    await sidebar.expectTitles('Recent', ['Three', 'One']);
    expect(deletions()).toEqual([`DELETE /conversations/${ids[1]}`]);
  });

  it('comes back with Undo, and the server never hears of it', async () => {
    await stopClock(page);
    await sidebar.choose('Two', 'Delete');
    await sidebar.expectTitles('Recent', ['Three', 'One']);
    await undo().click();
    await sidebar.expectTitles('Recent', ['Three', 'Two', 'One']);
    await page.clock.fastForward(60_000);
    await page.reload();
    await sidebar.expectTitles('Recent', ['Three', 'Two', 'One']);
    expect(deletions()).toEqual([]);
  });

  it('is open: a new chat takes its place, and it comes back with Undo', async () => {
    await sidebar.link('Two').click();
    await page.getByRole('heading', { name: 'Two' }).waitFor();
    const chat = new ChatPage(page);
    await chat.ask('Where is it cold?');
    await stopClock(page);
    await sidebar.choose('Two', 'Delete');
    await page.getByRole('heading', { name: 'What would you like to know?' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await undo().click();
    await page.clock.resume();
    await chat.answers.getByText('You said: Where is it cold?').waitFor();
    expect(chat.conversationId).toBe(ids[1]);
    await sidebar.expectTitles('Recent', ['Two', 'Three', 'One']);
  });

  it('is gone for good when the tab is closed before that', async () => {
    await stopClock(page);
    await sidebar.choose('Two', 'Delete');
    await sidebar.expectTitles('Recent', ['Three', 'One']);
    await expect(isThere(ids[1]!)).resolves.toBe(true);
    await page.close();
    await isGone(ids[1]!);
    await expect(isThere(ids[0]!)).resolves.toBe(true);
  });

  it('is gone for good when the tab goes to another page before that', async () => {
    await stopClock(page);
    await sidebar.choose('Two', 'Delete');
    await sidebar.expectTitles('Recent', ['Three', 'One']);
    await page.goto('/errors/404');
    await isGone(ids[1]!);
    await page.goBack();
    await sidebar.expectTitles('Recent', ['Three', 'One']);
  });

  it('is one of two, of which each can be had back', async () => {
    await stopClock(page);
    await sidebar.choose('One', 'Delete');
    await sidebar.choose('Two', 'Delete');
    await sidebar.expectTitles('Recent', ['Three']);
    await noticeOf(page, '“One” is deleted.').getByRole('button', { name: 'Undo' }).click();
    await sidebar.expectTitles('Recent', ['Three', 'One']);
    await page.close();
    await isGone(ids[1]!);
    await expect(isThere(ids[0]!)).resolves.toBe(true);
  });

  it('is one of all, after somebody was asked', async () => {
    await ana.patch(`/conversations/${ids[0]}`, { archived: true });
    await page.goto('/settings/account');
    await page.getByRole('button', { name: 'Delete all conversations' }).click();
    const question = page.getByRole('dialog', { name: 'Delete all conversations?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    await sidebar.expectTitles('Recent', ['Three', 'Two']);
    expect(deletions()).toEqual([]);
    await page.getByRole('button', { name: 'Delete all conversations' }).click();
    await question.getByRole('button', { name: 'Delete all' }).click();
    await noticeOf(page, 'All conversations are deleted.').waitFor();
    await sidebar.section('Recent').getByText('Your conversations will be here.').waitFor();
    await sidebar.button('Show the archive').click();
    await sidebar.section('Archived').getByText('Nothing is archived.').waitFor();
    await expectSoon(() => Promise.all(ids.map(isThere)), [false, false, false]);
  });
});
