import type { Page } from 'playwright-core';
import { newId } from '../../src/common/ids';
import { expectAccessible } from './support/axe';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { startPageApp, type PageApp } from './support/page-app';
import { Visitor } from './support/visitor';

const PAGES = [
  ['/nowhere', 404, 'Not found'],
  ['/errors/404', 404, 'Not found'],
  ['/errors/500', 500, 'Something went wrong on our side'],
] as const;

describe('A page for errors', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;

  beforeAll(async () => (app = await startPageApp()));
  afterAll(() => app.close());
  beforeEach(async () => (visitor = await Visitor.come(chromium.browser, { baseURL: app.url })));
  afterEach(() => visitor.expectQuiet());

  const backgroundOf = (page: Page) =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

  it.each(PAGES)('is shown at %s with status %i', async (path, status, title) => {
    const page = await visitor.open('/icon.svg');
    const response = await page.goto(path);
    expect(response!.status()).toBe(status);
    await expect(page.title()).resolves.toBe(`${title} · Parley`);
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    await page.getByText(String(status), { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Back to the chat' }).click();
    await new ChatPage(page).field.waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });

  it.each(PAGES)('is shown at %s without any script', async (path, status, title) => {
    const plain = await Visitor.come(chromium.browser, { baseURL: app.url, javaScriptEnabled: false });
    const page = await plain.open(path);
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    await page.getByText(String(status), { exact: true }).waitFor();
    await expect(page.getByRole('link', { name: 'Back to the chat' }).getAttribute('href')).resolves.toBe(
      '/',
    );
    expect(plain).toMatchObject({ errors: [], foreignRequests: [] }); // all that can be known of it without scripts
  });

  it.each(['light', 'dark'] as const)('is accessible in the %s theme', async (colorScheme) => {
    const somebody = await Visitor.come(chromium.browser, { baseURL: app.url, colorScheme });
    const page = await somebody.open('/errors/404');
    for (const path of ['/nowhere', '/errors/500', `/c/${newId()}`]) {
      await page.goto(path);
      await page.getByRole('main').getByRole('link').waitFor();
      await expectAccessible(page);
    }
    await somebody.expectQuiet();
  });

  it.each([
    ['Dark theme', 'light'],
    ['Light theme', 'dark'],
  ] as const)(
    'has the %s where that was chosen and the system has the %s one',
    async (entry, colorScheme) => {
      const somebody = await Visitor.come(chromium.browser, { baseURL: app.url, colorScheme });
      const { page } = await ChatPage.open(somebody);
      const ofSystem = await backgroundOf(page);
      await page.locator('.account-button').click();
      await page.getByRole('menuitemradio', { name: entry }).click();
      await expectSoon(async () => (await backgroundOf(page)) === ofSystem, false);
      const chosen = await backgroundOf(page);
      await page.goto('/nowhere');
      await expect(backgroundOf(page)).resolves.toBe(chosen);
      await somebody.expectQuiet();
    },
  );

  it('is for what the server knows: of a conversation that is not here the chat says so', async () => {
    const page = await visitor.open(`/c/${newId()}`);
    await page.getByRole('heading', { name: 'This conversation is not here' }).waitFor();
    await page.getByRole('link', { name: 'Start a new chat' }).click();
    const chat = new ChatPage(page);
    await chat.ask('Where is it cold?');
    await expect(chat.texts()).resolves.toEqual(['Where is it cold?', 'You said: Where is it cold?']);
  });
});
