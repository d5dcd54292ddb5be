import type { Page } from 'playwright-core';
import { ChatPage } from './support/chat-page';
import { expectAccessible } from './support/axe';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { stopClock } from './support/person';
import { DESKTOP, PHONE, Visitor } from './support/visitor';

const PASSWORD = 'quartz lemon bridge';
const ANSWER = `# A heading

Some **text** with \`code\`, a [link](https://example.com) and H<sub>2</sub>O.

### A heading that skips a level

1. A list
   - in a list
- [x] done

> Somebody said so.

| a | table |
| --- | ---: |
| of | 2 |

\`\`\`ts
// A comment
export const answer: number = Math.max(42, parse("41")); // and a name
class Oslo extends City { cold = /very/.test('very'); }
\`\`\`

\`\`\`diff
- minus
+ plus
\`\`\``;

describe.each(['light', 'dark'] as const)('In the %s theme, axe finds nothing', (colorScheme) => {
  const chromium = useChromium();
  let app: PageApp;
  let people = 0;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    app = await startPageApp({ QUOTA_TOKENS: '100000' });
    app.model.answer('Everything', (answer) => answer.whole(ANSWER));
  });
  afterAll(() => app.close());
  afterEach(() => Promise.all(visitors.splice(0).map((visitor) => visitor.expectQuiet())));

  async function come(device: object = DESKTOP): Promise<Visitor> {
    const visitor = await Visitor.come(chromium.browser, { baseURL: app.url, colorScheme, ...device });
    visitors.push(visitor);
    return visitor;
  }

  async function sign(page: Page, button: string): Promise<void> {
    await page.getByLabel('Username').fill(`person-${colorScheme}-${++people}`);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: button }).click();
  }

  it('in a chat, from the first view on', async () => {
    const chat = await ChatPage.open(await come());
    await expectAccessible(chat.page);
    await chat.ask('Everything');
    await chat.page.locator('.hljs-keyword').first().waitFor();
    await expectAccessible(chat.page);
    await chat.button('Answer again').click();
    await chat.page.getByRole('group', { name: '2 of 2 answers' }).waitFor();
    await chat.button('Edit and ask again').click();
    await expectAccessible(chat.page);
  });

  it('while an answer is written, stopped and broken off', async () => {
    const chat = await ChatPage.open(await come());
    app.model.answer('Hang on', (answer) => (answer.text('Oslo '), answer.hang()));
    await chat.send('Hang on');
    await chat.live.getByText('Oslo').waitFor();
    await expectAccessible(chat.page);
    await chat.button('Stop').click();
    await chat.answers.getByText('Stopped here.').waitFor();
    await expectAccessible(chat.page);
    app.model.answer('Break off', (answer) => answer.text('Oslo'));
    await chat.ask('Break off');
    await expectAccessible(chat.page);
  });

  it('with menus, dialogs and notices open', async () => {
    const chat = await ChatPage.open(await come());
    await chat.ask('Hello');
    await chat.page.locator('.account-button').click();
    await expectAccessible(chat.page);
    await chat.page.keyboard.press('Escape');
    await chat.button('Instructions').click();
    await expectAccessible(chat.page);
    await chat.page.keyboard.press('Escape');
    const menu = chat.page.locator('.top-bar').getByRole('button', { name: /^More for/ });
    await menu.click();
    await chat.page.getByRole('menuitem', { name: 'Rename' }).click();
    await expectAccessible(chat.page);
    await chat.page.keyboard.press('Escape');
    await menu.click();
    await stopClock(chat.page);
    await chat.page.getByRole('menuitem', { name: 'Delete' }).click();
    await chat.button('Undo').waitFor();
    await chat.page.clock.resume(); // axe takes its time, too
    await expectAccessible(chat.page);
  });

  it('in the lists: found, not found, archived', async () => {
    const chat = await ChatPage.open(await come());
    await chat.ask('Hello');
    const search = chat.page.getByLabel('Search conversations');
    await search.fill('hello');
    await chat.page.locator('.snippet mark').first().waitFor();
    await expectAccessible(chat.page);
    await search.fill('nothing');
    await chat.page.getByText('Nothing has these words.').waitFor();
    await expectAccessible(chat.page);
    await search.fill('');
    await chat.button('Show the archive').click();
    await chat.page.getByText('Nothing is archived.').waitFor();
    await expectAccessible(chat.page);
  });

  it('in the forms, with faults too, and in the settings', async () => {
    const page = await (await come()).open('/sign-in');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await sign(page, 'Sign in');
    await page.getByRole('alert').waitFor();
    await expectAccessible(page);
    await page.goto('/register');
    await sign(page, 'Make the account');
    await page.getByLabel('Your question').waitFor();
    for (const section of ['Account', 'Sessions', 'API keys', 'Usage']) {
      await page.goto('/settings');
      await page.getByRole('link', { name: section }).click();
      await page.getByRole('heading', { name: section, level: 2 }).waitFor();
      if (section === 'API keys') {
        await page.getByLabel('What it is for').fill('A laptop');
        await page.getByRole('button', { name: 'Make a key' }).click();
        await page.getByText('Copy the key now.').waitFor();
      }
      if (section === 'Account') await page.getByRole('button', { name: 'Delete the account…' }).click();
      await expectAccessible(page);
    }
  });

  it('where something is not there', async () => {
    const page = await (await come()).open('/c/01a22306-0dd5-7000-819e-89ef86b181ec');
    await page.getByText('This conversation is not here').waitFor();
    await expectAccessible(page);
  });

  it('on a phone, with its drawer', async () => {
    const chat = await ChatPage.open(await come(PHONE));
    await chat.ask('Everything');
    await expectAccessible(chat.page);
    await chat.button('Show conversations').click();
    await chat.page.getByRole('link', { name: 'Everything' }).waitFor();
    await expectAccessible(chat.page);
  });
});
