import { PacedAnswer } from '../support/paced-answer';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { animations, listen, painted, watchShifts } from './support/observed-page';
import { startPageApp, type PageApp } from './support/page-app';
import { Visitor } from './support/visitor';

const IMAGE = 'https://elsewhere.example/cat.png';

/** Of everything that could move when it grows. */
const PIECES = [
  '# Oslo\n\nIt is ',
  'cold there,\nmostly.\n\n- one\n- two',
  '\n  1. and a half\n- three\n\n| Month | Degrees |\n',
  '| --- | ---: |\n| January | -4 |\n| Feb',
  'ruary | -3 |\n\n```ts\nconst cold',
  ' = true;\nconst warm = !cold;\n',
  '```\n\nThat is **all',
  '** of it.',
];

describe('An answer', () => {
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

  async function read(markdown: string): Promise<void> {
    app.model.answer('Go on', (answer) => answer.whole(markdown));
    await chat.ask('Go on');
    await chat.answers.locator('.prose').waitFor();
  }

  it('has tables with their alignment', async () => {
    await read('| Month | Degrees |\n| --- | ---: |\n| January | -4 |\n| February | -3 |');
    const rows = await chat.answers.getByRole('table').getByRole('row').allInnerTexts();
    expect(rows.map((row) => row.split('\t').map((cell) => cell.trim()))).toEqual([
      ['Month', 'Degrees'],
      ['January', '-4'],
      ['February', '-3'],
    ]);
    const cell = chat.answers.getByRole('cell', { name: '-4' });
    await expect(cell.evaluate((element) => getComputedStyle(element).textAlign)).resolves.toBe('end');
  });

  it('has lists within lists, and lists of what is done and what is not', async () => {
    await read('1. one\n   - half\n2. two\n\n- [x] done\n- [ ] to do');
    const nested = chat.answers.locator('ol > li > ul > li');
    await expect(nested.allTextContents()).resolves.toEqual(['half']);
    const tasks = chat.answers.locator('ul').last().getByRole('listitem');
    await expect(tasks.allTextContents()).resolves.toEqual(['☑ done', '☐ to do']);
  });

  it('has code with the name of its language, in colours where the language is known', async () => {
    await read('```ts\nconst cold = true;\n```\n\n```klingon\nconst cold = true;\n```\n\n```\n<b>\n```');
    const blocks = chat.answers.locator('figure.code');
    await expect(blocks.locator('figcaption span').allTextContents()).resolves.toEqual([
      'ts',
      'klingon',
      'text',
    ]);
    await blocks.first().locator('.hljs-keyword', { hasText: 'const' }).waitFor();
    await expect(blocks.locator('[class^=hljs]').count()).resolves.toBe(2);
    const texts = await blocks.locator('code').allTextContents();
    expect(texts.map((text) => text.trim())).toEqual(['const cold = true;', 'const cold = true;', '<b>']);
  });

  it('has links that open elsewhere and tell nothing, and no others than those of the web and of mail', async () => {
    const links = [
      'https://elsewhere.example/a',
      'http://elsewhere.example/',
      'mailto:ana@elsewhere.example',
    ];
    const others = [
      'javascript:alert(1)',
      'data:text/html,x',
      'ftp://elsewhere.example/',
      '/settings',
      '#view',
    ];
    await read([...links, ...others].map((url, n) => `[link ${n}](${url})`).join(' '));
    const found = await chat.answers
      .locator('.prose a')
      .evaluateAll((elements) =>
        elements.map((element) => ['href', 'target', 'rel'].map((name) => element.getAttribute(name))),
      );
    const rel = expect.stringContaining('noopener') as string;
    expect(found.filter(([href]) => href !== null)).toEqual(links.map((url) => [url, '_blank', rel]));
    const popup = chat.page.waitForEvent('popup');
    await chat.answers.getByRole('link', { name: 'link 0' }).click();
    await expect((await popup).evaluate(() => window.opener as unknown)).resolves.toBeNull();
    expect(visitor.foreignRequests.splice(0)).toEqual([links[0]]);
  });

  it('has a link in the place of an image, which nobody is asked for', async () => {
    await read(`Look: ![A cat](${IMAGE}) and ![](${IMAGE})`);
    const links = chat.answers.locator('.prose a');
    await expect(links.allTextContents()).resolves.toEqual(['A cat', IMAGE]);
    await expect(links.first().getAttribute('href')).resolves.toBe(IMAGE);
    await expect(chat.page.locator('img').count()).resolves.toBe(0);
  });

  it('has HTML as the text that it is, and lines in the cell of a table', async () => {
    await read('A <b onclick="x()">bold</b> word.\n\n<div>A block</div>\n\n| a |\n| --- |\n| one<br>two |');
    await chat.answers.getByText('A <b onclick="x()">bold</b> word.').waitFor();
    await chat.answers.getByText('<div>A block</div>').waitFor();
    await expect(chat.answers.getByRole('cell').innerText()).resolves.toBe('one\ntwo');
  });

  it('has code that is half written as code', async () => {
    const answer = new PacedAnswer(app.model, ['Like this:\n\n```ts\nconst co', 'ld = true;\n```\n\nWell.']);
    await chat.send(answer.question);
    answer.goOn(0);
    const code = chat.live.locator('figure.code code');
    await expectSoon(async () => (await code.textContent())?.trim(), 'const co');
    answer.finish();
    await chat.settled();
    await chat.answers.locator('.hljs-keyword').waitFor();
    await expect(chat.answers.locator('code').textContent()).resolves.toBe('const cold = true;');
  });

  it('moves nothing of what is read while it is written, nor when it ends', async () => {
    const answer = new PacedAnswer(app.model, PIECES);
    await chat.send(answer.question);
    answer.goOn(0);
    await chat.live.getByText('It is').waitFor();
    const reader = await ChatPage.open(visitor, `/c/${chat.conversationId}`); // where no key has been pressed
    await reader.live.getByText('It is').waitFor();
    const shifts = await watchShifts(reader.page);
    for (let known = answer.visible; known < answer.text.length; known = answer.visible) {
      answer.goOn(known);
      await painted(reader.page);
    }
    answer.finish();
    await reader.settled();
    await reader.answers.locator('.hljs-keyword').first().waitFor();
    await painted(reader.page);
    expect(await shifts()).toBeLessThan(0.02);
  });

  it('is announced once when it begins, and read out once when it has ended, not word by word', async () => {
    const answer = new PacedAnswer(app.model, PIECES);
    const said = await listen(chat.page);
    await chat.send(answer.question);
    for (let known = 0; known < answer.text.length; known = answer.visible) {
      answer.goOn(known);
      await painted(chat.page);
    }
    await expect(chat.live.getAttribute('aria-busy')).resolves.toBe('true');
    answer.finish();
    await chat.settled();
    await expect(chat.answers.getAttribute('aria-busy')).resolves.toBe('false');
    await expectSoon(async () => (await said()).length, 2);
    await painted(chat.page);
    expect(await said()).toEqual([
      'The answer is being written.',
      expect.stringMatching(/^Answer: Oslo\s+It is cold there,\s+mostly\.\s.+\sThat is all of it\.$/s),
    ]);
  });

  it.each([
    ['reduce', 0],
    ['no-preference', 3],
  ] as const)('moves as its reader wants it while it is waited for: %s', async (reducedMotion, count) => {
    await chat.page.emulateMedia({ reducedMotion });
    const answer = new PacedAnswer(app.model, ['Oslo']);
    await chat.send(answer.question);
    await chat.live.getByText('The answer is on its way').waitFor();
    await expectSoon(() => animations(chat.page), count);
    answer.finish();
    await chat.settled();
  });
});
