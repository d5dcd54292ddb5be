import type { Page } from 'playwright-core';
import { aMember, PASSWORD } from '../support/callers';
import { Client } from '../support/client';
import { waitUntil } from '../support/wait-until';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { startPageApp, type PageApp } from './support/page-app';
import { chooseOfAccount, credentialsOf, fillIn, noticeOf, saved, signIn } from './support/person';
import { Visitor } from './support/visitor';

describe('The settings', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let ana: Client;
  let page: Page;

  beforeAll(async () => {
    app = await startPageApp({ GUESTS: 'off', LLM_MODELS: 'scripted,other', QUOTA_TOKENS: '30' });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    ana = await aMember(app.parley);
  });
  afterEach(() => visitor.expectQuiet());

  const form = (name: string) => page.getByRole('form', { name, exact: true });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const rows = () => page.locator('.rows > li');
  const come = async (section: string) => (page = await signIn(visitor, ana, `/settings/${section}`));

  /** Another browser, in which Ana has signed in as well. */
  async function elsewhere(): Promise<Page> {
    const other = await Visitor.come(chromium.browser, { baseURL: app.url });
    return signIn(other, ana);
  }

  /** At its next call, or at one within the five seconds in which the end of a session comes to be known. */
  async function expectSignedOut(tab: Page): Promise<void> {
    const call = tab.getByRole('button', { name: /^Show the archive$|^Back to the conversations$/ });
    const isOut = async () => {
      await call.click({ timeout: 1_000 }).catch(() => undefined); // it is not there any more
      return tab.getByText('Your session has ended.').isVisible();
    };
    await waitUntil(isOut, 'the sign-in page');
  }

  it('are opened from the menu of the account', async () => {
    page = await signIn(visitor, ana);
    await chooseOfAccount(page, 'Settings');
    await page.getByText(`You are signed in as ${credentialsOf(ana).username}.`).waitFor();
    for (const section of ['Sessions', 'API keys', 'Usage', 'Account']) {
      await page.getByRole('link', { name: section, exact: true }).click();
      await page.getByRole('heading', { name: section, exact: true }).waitFor();
    }
  });

  it('give a name to be shown, and a model to new chats', async () => {
    await come('account');
    await form('Profile').getByLabel('Name to show').fill('Ana of Oslo');
    await form('Profile').getByLabel('Model for new chats').selectOption('custom/other');
    await form('Profile').getByRole('button', { name: 'Save' }).click();
    await noticeOf(page, 'Saved.').waitFor();
    await page.locator('.account-button').getByText('Ana of Oslo').waitFor();
    await page.getByRole('link', { name: 'New chat' }).click();
    const chat = new ChatPage(page);
    await expectSoon(() => page.getByLabel('Model').inputValue(), 'custom/other');
    await chat.ask('Who are you?');
    expect(app.model.calls.at(-1)).toMatchObject({ question: 'Who are you?', body: { model: 'other' } });
  });

  it('change the password, which ends the sessions elsewhere', async () => {
    const other = await elsewhere();
    await come('account');
    const [now, next] = [
      form('Password').getByLabel('Password now'),
      form('Password').getByLabel('New password'),
    ];
    await now.fill('not this one');
    await next.fill('velvet kettle orbit');
    await button('Change the password').click();
    await form('Password').getByRole('alert').getByText(/wrong/).waitFor();
    await now.fill(PASSWORD);
    await button('Change the password').click();
    await noticeOf(page, 'The password is changed. Your other sessions have ended.').waitFor();
    await expect(now.inputValue()).resolves.toBe('');
    await expectSignedOut(other);
    await chooseOfAccount(page, 'Sign out');
    await fillIn(page, 'Sign in', { ...credentialsOf(ana), password: 'velvet kettle orbit' });
    await new ChatPage(page).field.waitFor();
  });

  it('name the sessions, and end one of them or all others', async () => {
    const [first, second] = [await elsewhere(), await elsewhere()];
    await come('sessions');
    await expectSoon(() => rows().count(), 4); // that of the API client is one
    await expect(rows().filter({ hasText: 'This one' }).count()).resolves.toBe(1);
    await expect(
      rows()
        .filter({ hasText: /Chrome on Linux/ })
        .count(),
    ).resolves.toBe(3);
    await rows().filter({ hasText: 'Chrome' }).getByRole('button', { name: 'End' }).first().click();
    await noticeOf(page, 'The session has ended.').waitFor();
    await expectSoon(() => rows().count(), 3);
    await expectSignedOut(second); // the newest is listed first
    await button('End all others').click();
    await noticeOf(page, 'All other sessions have ended.').waitFor();
    await expectSoon(() => rows().count(), 1);
    await expectSignedOut(first);
    await expect(button('End all others').count()).resolves.toBe(0);
  });

  it('make a key, which is shown once and works until it is deleted', async () => {
    await ana.conversation({ title: 'Of Oslo' });
    await come('keys');
    await page.getByText('There are no keys.').waitFor();
    await form('New key').getByLabel('What it is for').fill('A script');
    await form('New key').getByLabel('What it may do').selectOption('Read only');
    await button('Make a key').click();
    const key = (await page.locator('.new-key code').textContent())!;
    const script = new Client(app.url, { ...ana.tokens!, accessToken: key });
    await expect(script.get('/conversations')).resolves.toMatchObject({
      status: 200,
      body: { data: [{ title: 'Of Oslo' }] },
    });
    await expect(script.post('/conversations', {})).resolves.toMatchObject({ status: 403 });
    await rows().getByText('A script').waitFor();
    const prefix = (await rows().locator('code').textContent())!.slice(0, -1);
    expect(key.startsWith(prefix)).toBe(true);
    await page.reload();
    await rows().getByText(prefix).waitFor();
    await expect(page.content()).resolves.not.toContain(key);
    await rows().getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There are no keys.').waitFor();
    await waitUntil(async () => (await script.get('/conversations')).status === 401, 'a 401');
  });

  it('show what was used, by day and model and of the quota, and the chat says when it is used up', async () => {
    await come('usage');
    await page.getByText('Nothing in the last 30 days.').waitFor();
    await page.getByRole('link', { name: 'New chat' }).click();
    const chat = new ChatPage(page);
    for (const question of ['One', 'Two', 'Three']) await chat.ask(question);
    await chat.send('Four');
    const refusal = page.getByRole('alert');
    await refusal.getByText('Your tokens for this period are used up.').waitFor();
    await expect(chat.questions.last().textContent()).resolves.toBe('Four');
    await chooseOfAccount(page, 'Settings');
    await page.getByRole('link', { name: 'Usage', exact: true }).click();
    const meter = page.getByRole('meter', { name: '36 of 30 tokens this month' });
    await expect(meter.getAttribute('max')).resolves.toBe('30');
    const cells = await page.getByRole('row').last().getByRole('cell').allTextContents();
    const today = new Date().toISOString().slice(0, 10);
    expect(cells).toEqual([today, 'custom/scripted', '3', '27', '9']);
    await page.goBack();
    await page.goBack();
    await refusal.getByRole('button', { name: 'Edit' }).click();
    await expect(chat.field.inputValue()).resolves.toBe('Four');
  });

  it('export everything, or say that it did not work', async () => {
    const { id } = await ana.conversation({ title: 'Of Oslo' });
    await ana.send(id, 'Where is it cold?');
    await come('account');
    const { name, text } = await saved(page, () => button('Export everything').click());
    expect(name).toMatch(/\.ndjson$/);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(expect.objectContaining({ title: 'Of Oslo', id }));
    expect(text).toContain('You said: Where is it cold?');
    await visitor.goOffline();
    await button('Export everything').click();
    await page.getByText('The export did not work. Try again in a moment.').waitFor();
  });

  it('delete the account with all that it has, after the password', async () => {
    await come('account');
    await button('Delete the account…').click();
    const dialog = page.getByRole('dialog', { name: 'Delete the account?' });
    await dialog.getByLabel('Password').fill('not this one');
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await dialog.getByRole('alert').getByText(/wrong/).waitFor();
    await dialog.getByLabel('Password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByRole('form', { name: 'Sign in' }).waitFor();
    await expect(button('Back to the chat').count()).resolves.toBe(0);
    await fillIn(page, 'Sign in', credentialsOf(ana));
    await page.getByText('The name or the password is wrong.').waitFor();
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    expect(kept).toBe('{}');
  });
});
