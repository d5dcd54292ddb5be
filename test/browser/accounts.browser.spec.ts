import { newId } from '../../src/common/ids';
import { aMember } from '../support/callers';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { chooseOfAccount, credentialsOf, fillIn } from './support/person';
import { Sidebar } from './support/sidebar';
import { Visitor } from './support/visitor';

const PASSWORD = 'velvet kettle orbit';

describe('Somebody new', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let chat: ChatPage;

  beforeAll(async () => (app = await startPageApp()));
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    chat = await ChatPage.open(visitor);
  });
  afterEach(() => visitor.expectQuiet());

  const menu = () => chat.page.locator('.account-button');
  const fault = () => chat.page.getByRole('form').getByRole('alert');
  const aName = () => `cleo-${newId()}`;

  async function makeAccount(username: string): Promise<void> {
    await chooseOfAccount(chat.page, 'Make an account');
    await chat.page.getByText('All that you have asked as a guest stays with you.').waitFor();
    await fillIn(chat.page, 'Make an account', { username, password: PASSWORD });
    await chat.field.waitFor();
  }

  it('is a guest at once and asks', async () => {
    await menu().getByText('Not signed in').waitFor();
    await chat.ask('Where is it cold?');
    await expect(chat.texts()).resolves.toEqual(['Where is it cold?', 'You said: Where is it cold?']);
  });

  it('makes an account, keeps all that was asked, and finds it again in another browser', async () => {
    await chat.ask('Where is it cold?');
    const username = aName();
    await makeAccount(username);
    await menu().getByText(username).waitFor();
    const sidebar = new Sidebar(chat.page);
    await sidebar.expectTitles('Recent', ['Where is it cold?']);
    const elsewhere = await Visitor.come(chromium.browser, { baseURL: app.url });
    const there = await elsewhere.open();
    await chooseOfAccount(there, 'Sign in');
    await there.getByText('can’t be reached after you sign in').waitFor();
    await fillIn(there, 'Sign in', { username, password: PASSWORD });
    await new Sidebar(there).link('Where is it cold?').click();
    await new ChatPage(there).answers.getByText('You said: Where is it cold?').waitFor();
    await elsewhere.expectQuiet();
  });

  it('is told in plain words why an account is not made, and loses nothing of what was typed', async () => {
    const { username: taken } = credentialsOf(await aMember(app.parley));
    const free = aName();
    await chooseOfAccount(chat.page, 'Make an account');
    for (const [username, password, words] of [
      [taken, PASSWORD, 'That username is taken. Choose another one.'],
      ['  a  ', PASSWORD, 'Username must be text of 3 to 80 characters.'],
      [free, 'iloveyou1', 'Password is one of the commonest passwords.'],
      [free, free, 'Password must not be your own name.'],
    ] as const) {
      await fillIn(chat.page, 'Make an account', { username, password });
      await fault().getByText(words, { exact: true }).waitFor();
      await expect(chat.page.getByLabel('Username').inputValue()).resolves.toBe(username);
    }
    await chat.page.getByLabel('Password').fill(PASSWORD);
    await chat.page.getByRole('button', { name: 'Make the account' }).click();
    await menu().getByText(free).waitFor();
  });

  it('is told by the browser that a password is too short, before anything is sent', async () => {
    await chooseOfAccount(chat.page, 'Make an account');
    await fillIn(chat.page, 'Make an account', { username: aName(), password: 'short' });
    const password = chat.page.getByLabel('Password');
    await expect(password.evaluate((field: HTMLInputElement) => field.validationMessage)).resolves.toContain(
      '8',
    );
    await expect(password.evaluate((field) => field === document.activeElement)).resolves.toBe(true);
    await expect(fault().count()).resolves.toBe(0);
    await fillIn(chat.page, 'Make an account', { username: aName(), password: PASSWORD });
    await chat.field.waitFor();
  });

  it('leaves nothing behind in the browser when signing out', async () => {
    await chat.ask('Where is it cold?');
    await makeAccount(aName());
    await chat.field.fill('A secret draft');
    const kept = () => chat.page.evaluate(() => JSON.stringify(localStorage));
    await expect(kept()).resolves.toContain('A secret draft');
    await chooseOfAccount(chat.page, 'Sign out');
    await chat.page.getByRole('form', { name: 'Sign in' }).waitFor();
    expect(new URL(chat.page.url()).pathname).toBe('/sign-in');
    await expect(kept()).resolves.toBe('{}');
    await expect(chat.page.getByText('Where is it cold?').count()).resolves.toBe(0);
    await chat.page.getByRole('button', { name: 'Go on as a guest' }).click();
    await new Sidebar(chat.page).expectTitles('Recent', []);
    await expect(chat.field.inputValue()).resolves.toBe('');
  });

  it('is told that the name or the password is wrong, and not which of them', async () => {
    const { username } = credentialsOf(await aMember(app.parley));
    await chooseOfAccount(chat.page, 'Sign in');
    for (const name of [username, aName()]) {
      await fillIn(chat.page, 'Sign in', { username: name, password: PASSWORD });
      await fault().getByText('The name or the password is wrong.').waitFor();
      await expect(chat.page.getByLabel('Username').inputValue()).resolves.toBe(name);
    }
  });

  it('goes back to the chat as the guest that it was', async () => {
    await chat.ask('Where is it cold?');
    await chooseOfAccount(chat.page, 'Sign in');
    await chat.page.getByRole('button', { name: 'Back to the chat' }).click();
    await new Sidebar(chat.page).expectTitles('Recent', ['Where is it cold?']);
  });

  it('has the refresh token where no script reads it, and the access token nowhere', async () => {
    await makeAccount(aName());
    const [cookie, ...others] = await chat.page.context().cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({
      name: '__Host-parley_refresh',
      httpOnly: true,
      sameSite: 'Strict',
      secure: true,
    });
    await chat.field.fill('Something is kept');
    const readable = await chat.page.evaluate(async () =>
      JSON.stringify([
        document.cookie,
        localStorage,
        sessionStorage,
        await indexedDB.databases(),
        await caches.keys(),
      ]),
    );
    expect(readable).toContain('Something is kept');
    expect(readable).not.toContain(cookie!.value);
    expect(readable).not.toContain('eyJ');
  });

  it('stays who it was over a reload', async () => {
    const username = aName();
    await makeAccount(username);
    await chat.page.reload();
    await menu().getByText(username).waitFor();
  });

  it('has an access token that has expired renewed unseen', async () => {
    await chat.page.clock.install();
    await chat.page.reload();
    await chat.ask('One');
    const renewed = chat.page.waitForRequest('**/api/v1/auth/refresh');
    await chat.page.clock.fastForward('11:00');
    await chat.ask('Two');
    await renewed;
    await expect(chat.answers.count()).resolves.toBe(2);
  });
});
