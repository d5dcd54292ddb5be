import type { Page } from 'playwright-core';
import type { Page as Rows } from '../../src/common/paging/page';
import type { SessionResponse } from '../../src/auth/sessions/session.dto';
import { aMember } from '../support/callers';
import type { Client } from '../support/client';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { chooseOfAccount, credentialsOf, fillIn, signInToChat } from './support/person';
import { Sidebar } from './support/sidebar';
import { Visitor } from './support/visitor';

const ENDED = 'Your session has ended. What you have written is kept.';

describe('A member of a server without guests', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let ana: Client;
  let conversationId: string;

  beforeAll(async () => (app = await startPageApp({ GUESTS: 'off' })));
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    ana = await aMember(app.parley);
    ({ id: conversationId } = await ana.conversation({ title: 'Of Oslo' }));
    await ana.send(conversationId, 'Where is it cold?');
  });
  afterEach(() => visitor.expectQuiet());

  const signInAgain = (page: Page) => fillIn(page, 'Sign in', credentialsOf(ana));

  /** As from another browser: all of her sessions but that of the API client. */
  async function endOtherSessions(): Promise<void> {
    const { data } = (await ana.get<Rows<SessionResponse>>('/auth/sessions')).body;
    for (const { id, current } of data) if (!current) await ana.delete(`/auth/sessions/${id}`);
  }

  it('is asked to sign in, and is no guest meanwhile', async () => {
    const page = await visitor.open();
    await page.getByRole('form', { name: 'Sign in' }).waitFor();
    await expect(page.getByRole('button', { name: /guest/ }).count()).resolves.toBe(0);
    await expect(page.getByText(ENDED).count()).resolves.toBe(0);
    await expect(app.parley.database.query(`select id from users where kind = 'guest'`)).resolves.toEqual([]);
  });

  it('comes to the conversation that was asked for', async () => {
    const page = await visitor.open(`/c/${conversationId}`);
    await signInAgain(page);
    await new ChatPage(page).answers.getByText('You said: Where is it cold?').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/c/${conversationId}`);
  });

  it('is told that the session was ended from elsewhere, and finds the draft and the place again', async () => {
    const chat = await signInToChat(visitor, ana);
    await chat.field.fill('Half a thought');
    await endOtherSessions();
    await new Sidebar(chat.page).link('Of Oslo').click();
    await chat.page.getByText(ENDED).waitFor();
    await signInAgain(chat.page);
    await chat.answers.getByText('You said: Where is it cold?').waitFor();
    expect(chat.conversationId).toBe(conversationId);
    await chat.page.getByRole('link', { name: 'New chat' }).click();
    await chat.page.getByRole('heading', { name: 'What would you like to know?' }).waitFor();
    await expect(chat.field.inputValue()).resolves.toBe('Half a thought');
  });

  it('has a question asked after the next sign-in that was sent in an ended session', async () => {
    const chat = await signInToChat(visitor, ana);
    await endOtherSessions();
    await chat.send('And where is it warm?');
    await chat.page.getByText(ENDED).waitFor();
    await signInAgain(chat.page);
    await chat.answers.getByText('You said: And where is it warm?').waitFor();
    expect(app.model.calls.filter(({ question }) => question === 'And where is it warm?')).toHaveLength(1);
  });

  it('is signed out in all tabs at once', async () => {
    const chat = await signInToChat(visitor, ana);
    const other = await ChatPage.open(visitor, `/c/${conversationId}`);
    await other.answers.first().waitFor();
    await chooseOfAccount(chat.page, 'Sign out');
    await other.page.getByRole('form', { name: 'Sign in' }).waitFor();
    await expect(other.page.getByText('Where is it cold?').count()).resolves.toBe(0);
    await expect(other.page.getByText(ENDED).count()).resolves.toBe(0); // she has ended it herself, and nothing is kept
    await signInAgain(chat.page);
    await other.answers.getByText('You said: Where is it cold?').waitFor();
  });
});

describe('A server where people can’t register', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;

  beforeAll(async () => (app = await startPageApp({ REGISTRATION: 'closed' })));
  afterAll(() => app.close());
  beforeEach(async () => (visitor = await Visitor.come(chromium.browser, { baseURL: app.url })));
  afterEach(() => visitor.expectQuiet());

  it('offers no way to make an account, and lets guests in', async () => {
    const chat = await ChatPage.open(visitor);
    await chat.ask('Where is it cold?');
    const offers = chat.page.getByText(/make an account/i);
    await chat.page.goto('/settings');
    await chat.page.getByText('You are here as a guest, in this browser alone.').waitFor();
    await expect(offers.count()).resolves.toBe(0);
    await chat.page.locator('.account-button').click();
    await expect(offers.count()).resolves.toBe(0);
    await chat.page.getByRole('menuitem', { name: 'Sign in' }).click();
    await chat.page.getByText('can’t be reached after you sign in').waitFor();
    await expect(offers.count()).resolves.toBe(0);
  });

  it('shows the sign-in where accounts are made elsewhere', async () => {
    const page = await visitor.open('/register');
    await page.getByRole('form', { name: 'Sign in' }).waitFor();
    await expect(page.getByRole('form', { name: 'Make an account' }).count()).resolves.toBe(0);
  });
});
