import type { Page } from 'playwright-core';
import { newId } from '../../src/common/ids';
import { aMember, PASSWORD } from '../support/callers';
import type { Client } from '../support/client';
import { newGate } from '../support/gate';
import { waitUntil } from '../support/wait-until';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { startPageApp, type PageApp } from './support/page-app';
import { chooseOfAccount, fillIn, noticeOf, stopClock } from './support/person';
import { beginAnswer, comeBack } from './support/reader';
import { Sidebar } from './support/sidebar';
import { Visitor } from './support/visitor';

describe('Two tabs of one person', () => {
  const chromium = useChromium();
  let app: PageApp;
  let ana: Client;
  let ids: string[];
  let visitor: Visitor;
  let one: ChatPage;
  let two: ChatPage;
  let lists: readonly Sidebar[];

  beforeAll(async () => (app = await startPageApp()));
  afterAll(() => app.close());
  beforeEach(async () => {
    ana = await aMember(app.parley);
    ids = [];
    for (const title of ['One', 'Two']) ids.push((await ana.conversation({ title })).id);
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    one = await comeBack(visitor, ana);
    two = await ChatPage.open(visitor);
    lists = [new Sidebar(one.page), new Sidebar(two.page)];
    await expectTitles('Two', 'One');
  });
  afterEach(() => visitor.expectQuiet());

  /** In both tabs, newest first. */
  async function expectTitles(...titles: readonly string[]): Promise<void> {
    for (const list of lists) await list.expectTitles('Recent', titles);
  }

  /** Whether it is another tab's turn to renew the session. */
  const waits = (page: Page) =>
    page.evaluate(async () =>
      (await navigator.locks.query()).pending!.some(({ name }) => name === 'parley.session'),
    );

  it('see a conversation that is begun in one of them, and its answer as it is written', async () => {
    const answer = await beginAnswer(app.model, one);
    await lists[1]!.link(answer.question).click();
    await two.live.getByText('Oslo').waitFor();
    answer.goOn('Oslo '.length);
    for (const tab of [one, two]) await tab.live.getByText('Oslo is').waitFor();
    answer.finish();
    for (const tab of [one, two]) await tab.settled();
    const texts = [answer.question, 'Oslo is cold.'];
    for (const tab of [one, two]) await expectSoon(() => tab.texts(), texts);
    await expectTitles(answer.question, 'Two', 'One');
  });

  it('see the question that is asked in the other one while both show its conversation', async () => {
    for (const [n, tab] of [one, two].entries()) {
      await lists[n]!.link('One').click();
      await tab.page.getByRole('heading', { name: 'One' }).waitFor();
    }
    const answer = await beginAnswer(app.model, one);
    await two.live.getByText('Oslo').waitFor();
    answer.finish();
    await two.settled();
    const back = await beginAnswer(app.model, two);
    await one.live.getByText('Oslo').waitFor();
    back.finish();
    await one.settled();
    const texts = [answer.question, 'Oslo is cold.', back.question, 'Oslo is cold.'];
    for (const tab of [one, two]) await expectSoon(() => tab.texts(), texts);
  });

  it('agree on titles and on what is pinned', async () => {
    await lists[1]!.link('One').click();
    await lists[0]!.choose('One', 'Rename');
    await one.page.getByRole('textbox', { name: 'Title' }).fill('Three');
    await one.page.keyboard.press('Enter');
    await expectTitles('Two', 'Three');
    await two.page.getByRole('heading', { name: 'Three' }).waitFor();
    await lists[0]!.choose('Two', 'Pin');
    for (const list of lists) await list.expectTitles('Pinned', ['Two']);
    await expectTitles('Three');
  });

  it('agree on what is deleted once it cannot be undone', async () => {
    await lists[1]!.link('One').click();
    await two.page.getByRole('heading', { name: 'One' }).waitFor();
    await stopClock(two.page);
    for (const title of ['One', 'Two']) await lists[0]!.choose(title, 'Delete');
    await noticeOf(one.page, '“Two” is deleted.').getByRole('button', { name: 'Undo' }).click();
    await lists[0]!.expectTitles('Recent', ['Two']);
    await lists[1]!.expectTitles('Recent', ['Two', 'One']);
    await one.page.clock.fastForward(6_000);
    await expectTitles('Two');
    await two.page.getByText('This conversation is not here').waitFor();
  });

  it('agree that everything is deleted', async () => {
    await one.page.goto('/settings/account');
    await one.page.getByRole('button', { name: 'Delete all conversations' }).click();
    await one.page.getByRole('dialog').getByRole('button', { name: 'Delete all' }).click();
    await expectTitles();
  });

  it('are signed out together, and in again', async () => {
    await chooseOfAccount(one.page, 'Sign out');
    await two.page.getByRole('form', { name: 'Sign in' }).waitFor();
    await expect(two.page.getByText('Your session has ended.').count()).resolves.toBe(0); // the person knows
    await fillIn(two.page, 'Sign in', { username: ana.tokens!.user.username!, password: PASSWORD });
    await lists[1]!.expectTitles('Recent', ['Two', 'One']);
    await one.button('Back to the chat').click();
    await expectTitles('Two', 'One');
  });

  it('are one guest, also when both are opened at once', async () => {
    const guests = () => app.parley.database.query(`select id from users where username is null`);
    const before = (await guests()).length;
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    const [tab, other] = [await visitor.open('/icon.svg'), await visitor.open('/icon.svg')];
    const { opened, open } = newGate();
    await tab.route('**/api/v1/auth/guest', (route) => opened.then(() => route.continue()));
    await Promise.all([tab.waitForRequest('**/api/v1/auth/guest'), tab.goto('/')]);
    let asked = false;
    other.on('response', (response) => (asked ||= response.url().endsWith('/auth/refresh')));
    await other.goto('/');
    await waitUntil(async () => asked || (await waits(other)), 'another tab that would be a guest');
    open();
    for (const page of [tab, other]) await page.locator('.account-button').waitFor();
    expect(await guests()).toHaveLength(before + 1);
  });

  it('are one member when one of them makes an account', async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    [one, two] = [await ChatPage.open(visitor), await ChatPage.open(visitor)];
    lists = [new Sidebar(one.page), new Sidebar(two.page)];
    await one.ask('Where is it cold?');
    await expectTitles('Where is it cold?');
    const username = `cleo-${newId()}`;
    await chooseOfAccount(one.page, 'Make an account');
    await fillIn(one.page, 'Make an account', { username, password: PASSWORD });
    await two.page.locator('.account-button').getByText(username).waitFor();
    await two.ask('And where is it warm?');
    await expectTitles('And where is it warm?', 'Where is it cold?');
  });

  it('may be on two devices, of which one catches up when it is looked at', async () => {
    const elsewhere = await Visitor.come(chromium.browser, { baseURL: app.url });
    const there = await comeBack(elsewhere, ana, `/c/${ids[0]}`);
    await there.page.clock.install();
    await there.page.getByRole('heading', { name: 'One' }).waitFor();
    await one.page.goto(`/c/${ids[0]}`);
    await one.ask('Where is it cold?');
    await there.page.clock.fastForward(6_000);
    await expect(there.questions.count()).resolves.toBe(0);
    await there.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await there.settled();
    await expectSoon(() => there.texts(), ['Where is it cold?', 'You said: Where is it cold?']);
    await new Sidebar(there.page).expectTitles('Recent', ['One', 'Two']);
    await elsewhere.expectQuiet();
  });
});
