import type { Page } from 'playwright-core';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { startPageApp, type PageApp } from './support/page-app';
import { PHONE, Visitor } from './support/visitor';

const LIGHT = 'rgb(255, 255, 255)';
const DARK = 'rgb(28, 27, 26)';

const WIDE = [
  'x'.repeat(300),
  `\`${'y'.repeat(300)}\` and https://elsewhere.example/${'z'.repeat(300)}`,
  `\`\`\`\n${'const cold = true; '.repeat(30)}\n\`\`\``,
  `| ${'Month | '.repeat(20)}\n| ${'--- | '.repeat(20)}\n| ${'January | '.repeat(20)}`,
].join('\n\n');

describe('The page', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;

  beforeAll(async () => (app = await startPageApp()));
  afterAll(() => app.close());
  beforeEach(async () => (visitor = await Visitor.come(chromium.browser, { baseURL: app.url })));
  afterEach(() => visitor.expectQuiet());

  const background = (page: Page) =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

  async function chooseTheme(page: Page, name: string): Promise<void> {
    await page.locator('.account-button').click();
    await page.getByRole('menuitemradio', { name }).click();
  }

  /** The background when the document has been read and nothing of it has run but what stands in its head. */
  async function atFirst(page: Page): Promise<string> {
    await page.addInitScript(() => {
      const look = () => {
        if (document.readyState !== 'interactive') return;
        const { backgroundColor } = getComputedStyle(document.documentElement);
        Object.assign(window, { atFirst: backgroundColor });
      };
      document.addEventListener('readystatechange', look);
    });
    await page.reload();
    return page.evaluate(() => (window as unknown as { atFirst: string }).atFirst);
  }

  it('keeps a theme that was chosen, and has it before anything is painted', async () => {
    const { page } = await ChatPage.open(visitor);
    expect(await background(page)).toBe(LIGHT);
    await chooseTheme(page, 'Dark theme');
    await expectSoon(() => background(page), DARK);
    expect(await atFirst(page)).toBe(DARK);
    await page.locator('.account-button').click();
    await page.getByRole('menuitemradio', { name: 'Dark theme', checked: true }).waitFor();
  });

  it('has the theme of the system until another one is chosen, and again when that is wanted', async () => {
    const { page } = await ChatPage.open(visitor);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectSoon(() => background(page), DARK);
    expect(await atFirst(page)).toBe(DARK);
    await chooseTheme(page, 'Light theme');
    await expectSoon(() => background(page), LIGHT);
    await chooseTheme(page, 'Theme of the system');
    await expectSoon(() => background(page), DARK);
    await page.emulateMedia({ colorScheme: 'light' });
    await expectSoon(() => background(page), LIGHT);
  });

  it('has the same theme in each tab', async () => {
    const [one, two] = [await ChatPage.open(visitor), await ChatPage.open(visitor)];
    for (const [theme, color] of [
      ['Dark theme', DARK],
      ['Theme of the system', LIGHT],
    ] as const) {
      await chooseTheme(one.page, theme);
      await expectSoon(() => background(two.page), color);
    }
  });

  it('folds the list away on a desktop, and shows it again', async () => {
    const chat = await ChatPage.open(visitor);
    const list = chat.page.getByRole('navigation', { name: 'Conversations' });
    const left = async () => (await chat.field.boundingBox())!.x;
    const before = await left();
    await list.getByRole('button', { name: 'Hide conversations' }).click();
    await list.waitFor({ state: 'detached' });
    expect(await left()).toBeLessThan(before);
    await chat.button('Show conversations').click();
    await list.waitFor();
    expect(await left()).toBe(before);
  });

  it('has the list in a drawer on a phone, which closes with Escape, beside it, and when something was chosen', async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url, ...PHONE });
    const chat = await ChatPage.open(visitor);
    const list = chat.page.getByRole('navigation', { name: 'Conversations' });
    await chat.ask('Where is it cold?');
    await expect(list.count()).resolves.toBe(0);
    const closings = [
      () => chat.page.keyboard.press('Escape'),
      () => chat.page.touchscreen.tap(380, 400),
      () => list.getByRole('link', { name: 'New chat' }).tap(),
      () => list.getByRole('link', { name: 'Where is it cold?' }).tap(),
    ];
    for (const close of closings) {
      await chat.button('Show conversations').tap();
      await list.waitFor();
      await close();
      await list.waitFor({ state: 'detached' });
    }
    await chat.answers.getByText('You said: Where is it cold?').waitFor();
  });

  it.each([320, 1_920])('scrolls nowhere sideways at a width of %i', async (width) => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url, viewport: { width, height: 640 } });
    const chat = await ChatPage.open(visitor);
    const sideways = () =>
      chat.page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll('main, .scroll, .settings, .sidebar')]
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
          .map(({ outerHTML }) => outerHTML.slice(0, 80)),
      );
    expect(await sideways()).toEqual([]);
    app.model.answer(WIDE, (answer) => answer.whole(WIDE));
    await chat.ask(WIDE);
    await chat.answers.getByRole('table').waitFor();
    expect(await sideways()).toEqual([]);
    await chat.button(width === 320 ? 'Show conversations' : 'Hide conversations').click();
    await expectSoon(sideways, []);
    for (const section of ['account', 'sessions', 'usage']) {
      await chat.page.goto(`/settings/${section}`);
      await chat.page.locator('.settings-section > :not(h2, .skeleton)').first().waitFor();
      expect(await sideways()).toEqual([]);
    }
  });
});
