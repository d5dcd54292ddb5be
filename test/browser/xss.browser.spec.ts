import { Client } from '../support/client';
import { waitUntil } from '../support/wait-until';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { findIntruders } from './support/hostile-text';
import { startPageApp, type PageApp } from './support/page-app';
import { stopClock } from './support/person';
import { Visitor } from './support/visitor';
import { xssPayloads } from './support/xss-payloads';

const PASSWORD = 'quartz lemon bridge';
const PAYLOADS = xssPayloads();
const MAX_TITLE = 200;
const MAX_NAME = 80;

/** Wherever Markdown lets a text through: as it is, as a target, as a picture, as code, in a table. */
const inMarkdown = (payload: string): string =>
  [
    `\`\`\`html\n${payload}\n\`\`\``, // first: HTML that is never closed swallows what follows
    payload,
    `[a link](<${payload.replace(/[<>]/g, '')}>) and [another](${payload.replace(/\s/g, '%20')})`,
    `![a picture](<${payload.replace(/[<>]/g, '')}> "${payload.replace(/"/g, "'")}")`,
    `[a reference]\n\n[a reference]: <${payload.replace(/[<>]/g, '')}>`,
    `| a table |\n| --- |\n| ${payload.replace(/\|/g, '')} |`,
  ].join('\n\n');

const inParts = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));

describe('Hostile text', () => {
  const chromium = useChromium();
  let app: PageApp;
  let ana: Client;
  let visitor: Visitor;
  let chat: ChatPage;

  beforeAll(async () => {
    app = await startPageApp();
    app.model.answerAll((answer, { question }) => answer.whole(inMarkdown(question)));
    ana = await Client.member(app.url, 'ana', PASSWORD);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    const page = await visitor.open('/sign-in');
    await page.getByLabel('Username').fill('ana');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    chat = new ChatPage(page);
    await chat.field.waitFor();
  });
  afterEach(async () => {
    await expect(findIntruders(chat.page)).resolves.toEqual([]);
    await visitor.expectQuiet();
  });

  it.each(inParts(PAYLOADS, 50).map((part, n) => [n + 1, part] as const))(
    'does nothing as a question, nor as an answer (part %i)',
    async (_, payloads) => {
      const { id } = await ana.conversation({ title: 'Hostile' });
      for (const payload of payloads) await ana.send(id, payload);
      await chat.page.goto(`/c/${id}`);
      await chat.page.locator('.answer .prose').first().waitFor();
      await waitUntil(async () => {
        await chat.page.locator('.scroll').evaluate((scroller) => (scroller.scrollTop = 0));
        return (await chat.questions.count()) === payloads.length;
      }, 'all questions');
      await expect(chat.questions.allTextContents()).resolves.toEqual(payloads.map((text) => text.trim()));
      const code = await chat.page.locator('.answer figure.code code').allTextContents();
      for (const payload of payloads) expect(code).toContain(payload.trim());
    },
  );

  it('does nothing while it comes in pieces', async () => {
    app.model.answer('All of it', (answer) => {
      for (const payload of PAYLOADS.slice(0, 60))
        answer.text(...(`${inMarkdown(payload)}\n\n`.match(/.{1,40}/gs) ?? []));
      answer.whole();
    });
    await chat.send('All of it');
    await chat.settled();
    await chat.answers.last().getByText('a reference').first().waitFor();
  });

  it('does nothing as a title, in lists, headings, notices, menus and dialogs', async () => {
    const titles = PAYLOADS.filter((payload) => payload.length <= MAX_TITLE);
    for (const title of titles) await ana.conversation({ title });
    await chat.page.reload();
    const items = chat.page.locator('.conversation .title');
    await waitUntil(async () => {
      await chat.page.locator('.lists').evaluate((list) => (list.scrollTop = list.scrollHeight));
      return (await items.count()) >= titles.length;
    }, 'all titles');
    const shown = await items.allTextContents();
    for (const title of titles) expect(shown).toContain(title);
    await items.first().click();
    await chat.page.getByRole('heading', { level: 1 }).getByText(titles.at(-1)!, { exact: true }).waitFor();
    await chat.page
      .locator('.top-bar')
      .getByRole('button', { name: /^More for/ })
      .click();
    await chat.page.getByRole('menuitem', { name: 'Rename' }).click();
    await expect(chat.page.getByRole('textbox', { name: 'Title', exact: true }).inputValue()).resolves.toBe(
      titles.at(-1),
    );
    await chat.page.keyboard.press('Escape');
    await chat.page
      .locator('.top-bar')
      .getByRole('button', { name: /^More for/ })
      .click();
    await stopClock(chat.page);
    await chat.page.getByRole('menuitem', { name: 'Delete' }).click();
    await chat.page.getByText(`“${titles.at(-1)}” is deleted.`).waitFor();
    await chat.button('Undo').click();
  });

  it('does nothing as the text that a search has found', async () => {
    const { id } = await ana.conversation({ title: 'Found' });
    for (const payload of PAYLOADS.slice(0, 20)) await ana.send(id, `needle ${payload}`);
    await chat.page.getByLabel('Search conversations').fill('needle');
    await chat.page.locator('.snippet mark').first().waitFor();
  });

  it('does nothing as a name, of a person or of a key', async () => {
    const names = PAYLOADS.map((payload) => payload.trim()).filter(({ length }) => length <= MAX_NAME);
    for (const name of names) await ana.post('/auth/api-keys', { name, scopes: ['read'] });
    await chat.page.goto('/settings/keys');
    const rows = chat.page.locator('.rows strong');
    await waitUntil(async () => {
      await chat.page
        .locator('.settings')
        .evaluate((settings) => (settings.scrollTop = settings.scrollHeight));
      return (await rows.count()) === names.length;
    }, 'all keys');
    expect((await rows.allTextContents()).sort()).toEqual([...names].sort());
    await chat.page.getByRole('link', { name: 'Account' }).click();
    for (const name of names) {
      await chat.page.getByLabel('Name to show').fill(name);
      await chat.button('Save').click();
      await chat.page.locator('.who').getByText(name, { exact: true }).waitFor();
    }
  });
});
