import { PacedAnswer } from '../support/paced-answer';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { slowDown } from './support/network';
import { startPageApp, type PageApp } from './support/page-app';
import { beginAnswer, expectWhole, LOST } from './support/reader';
import { Sidebar } from './support/sidebar';
import { Visitor } from './support/visitor';

describe('An answer over a bad connection', () => {
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
  afterEach(async () => {
    await app.network.mend();
    await visitor.expectQuiet();
  });

  const says = (text: string) => chat.page.getByText(text).waitFor();
  const isWhole = (...texts: readonly string[]) => expectWhole(app.parley, chat, ...texts);

  /** Closes the tab; what it gives opens the same address in another one. */
  async function close(): Promise<() => Promise<void>> {
    const { pathname } = new URL(chat.page.url());
    await chat.page.close();
    return async () => void (chat = await ChatPage.open(visitor, pathname));
  }

  it('goes on in a tab that was closed and is opened again while it is written', async () => {
    const answer = await beginAnswer(app.model, chat);
    const openAgain = await close();
    answer.goOn('Oslo '.length);
    await openAgain();
    await chat.live.getByText('Oslo is').waitFor();
    answer.finish();
    await chat.settled();
    await isWhole(answer.question, 'Oslo is cold.');
  });

  it('is whole in a tab that was closed and is opened again after its end', async () => {
    const answer = await beginAnswer(app.model, chat);
    const openAgain = await close();
    answer.finish();
    await expectSoon(
      () => app.parley.database.query(`select 1 from messages where status = 'streaming'`),
      [],
    );
    await openAgain();
    await chat.settled();
    await isWhole(answer.question, 'Oslo is cold.');
  });

  it('tells that its connection is cut, and goes on when the network is back', async () => {
    const answer = await beginAnswer(app.model, chat);
    await app.network.cut();
    await says(LOST);
    answer.goOn('Oslo '.length);
    await app.network.mend();
    await chat.live.getByText('Oslo is').waitFor();
    await chat.page.getByText(LOST).waitFor({ state: 'detached' });
    answer.finish();
    await chat.settled();
    await isWhole(answer.question, 'Oslo is cold.');
  });

  it('has each word once, however often the connection is dropped', async () => {
    const pieces = Array.from({ length: 24 }, (_, n) => `word ${n} \u{1F332} `);
    const answer = new PacedAnswer(app.model, pieces);
    const shown = async () => (await chat.live.locator('.prose').allTextContents()).join().trim();
    await chat.send(answer.question);
    for (let drops = 0; drops < 5; drops++) {
      answer.goOn(answer.visible, 4);
      await expectSoon(() => shown(), answer.text.slice(0, answer.visible).trim());
      app.network.drop();
    }
    answer.finish();
    await chat.settled();
    await isWhole(answer.question, answer.text);
  });

  it('is read over a new connection when the first is silent for longer than the server ever is', async () => {
    await chat.page.clock.install();
    const answer = await beginAnswer(app.model, chat);
    app.network.stall();
    await chat.page.clock.fastForward(41_000);
    await says(LOST);
    answer.finish();
    await app.network.mend();
    await chat.settled();
    await isWhole(answer.question, 'Oslo is cold.');
  });

  it('comes whole over a slow network, after a question that is shown before it is sent', async () => {
    await slowDown(chat.page);
    app.network.stall();
    await chat.send('How slow are you?');
    await chat.page.getByRole('article', { name: 'Question, being sent' }).waitFor();
    await expect(chat.answers.count()).resolves.toBe(0);
    await app.network.mend();
    await chat.settled();
    await isWhole('How slow are you?', 'You said: How slow are you?');
  });

  it('has its place marked until it comes', async () => {
    await chat.ask('How slow are you?');
    chat = await ChatPage.open(visitor);
    const link = new Sidebar(chat.page).link('How slow are you?');
    await link.waitFor();
    app.network.stall();
    await link.click();
    await chat.page.locator('.chat .skeleton').waitFor();
    await app.network.mend();
    await chat.settled();
    await isWhole('How slow are you?', 'You said: How slow are you?');
  });
});
