import { aMember } from '../support/callers';
import type { Client } from '../support/client';
import { PacedAnswer } from '../support/paced-answer';
import { waitUntil } from '../support/wait-until';
import type { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { aLongConversation, type LongConversation } from './support/long-conversation';
import { MessageView } from './support/message-view';
import { startPageApp, type PageApp } from './support/page-app';
import { comeBack } from './support/reader';
import { Visitor } from './support/visitor';

const COUNT = 2_000;

const lines = (count: number): string[] => Array.from({ length: count }, (_, n) => `Line ${n + 1}.\n\n`);

describe('A conversation of two thousand messages', () => {
  const chromium = useChromium();
  let app: PageApp;
  let ana: Client;
  let long: LongConversation;
  let visitor: Visitor;
  let chat: ChatPage;
  let view: MessageView;

  beforeAll(async () => {
    app = await startPageApp({ GUESTS: 'off' });
    ana = await aMember(app.parley);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    long = await aLongConversation(app.parley, ana, COUNT);
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    chat = await comeBack(visitor, ana, `/c/${long.id}`);
    view = new MessageView(chat.page);
    await chat.answers.last().waitFor();
    await view.rest();
  });
  afterEach(() => visitor.expectQuiet());

  /** Has so many more lines come, and waits until they are shown. */
  async function goOn(answer: PacedAnswer, lines: number): Promise<void> {
    answer.goOn(answer.visible, lines);
    const [last] = answer.text.slice(0, answer.visible).match(/Line \d+\.\s*$/)!;
    await chat.live.getByText(last.trim(), { exact: true }).waitFor();
    await view.rest();
  }

  /** That what is read stays where it is, within a pixel, while something happens. */
  async function expectNoJump(happen: () => Promise<void>): Promise<void> {
    await view.rest();
    const { text, top } = await view.inTheMiddle();
    await happen();
    await view.rest();
    expect(Math.abs((await view.topOf(text)) - top)).toBeLessThan(2);
  }

  it('opens at its end', async () => {
    await view.expectAtEnd();
    expect(long.texts.slice(-2)).toContain((await view.inTheMiddle()).text);
    await expect(view.toEnd.count()).resolves.toBe(0);
  });

  it('has every message once and in order up to the first, and still takes a question', async () => {
    await view.scrollToFirst();
    await expect(view.texts()).resolves.toEqual(long.texts);
    await chat.field.pressSequentially('Are you still there?', { delay: 5 });
    await chat.field.press('Enter');
    await chat.answers.getByText('You said: Are you still there?').waitFor();
    await chat.settled();
    await view.expectAtEnd();
    await expect(view.texts()).resolves.toHaveLength(COUNT + 2);
  });

  it.each([
    ['on the way up', 900],
    ['at the very top of what there is', 0],
  ])('leaves what is read where it is when older messages come: %s', async (_, top) => {
    const known = await chat.questions.count();
    app.network.stall();
    await view.scrollTo(top);
    await expectNoJump(async () => {
      await app.network.mend();
      await waitUntil(async () => (await chat.questions.count()) > known, 'older messages');
    });
  });

  it('stays at its end while an answer is written, until the reader scrolls up, and again when that is over', async () => {
    const answer = new PacedAnswer(app.model, lines(60));
    await view.scroll(-2_000);
    await view.toEnd.waitFor();
    await chat.send(answer.question);
    for (let rounds = 0; rounds < 4; rounds++) {
      await goOn(answer, 5);
      await view.expectAtEnd();
    }
    await view.scroll(-300);
    await view.toEnd.waitFor();
    await expectNoJump(() => goOn(answer, 20));
    expect(await view.belowView()).toBeGreaterThan(300);
    await view.toEnd.click();
    await view.expectAtEnd();
    await view.toEnd.waitFor({ state: 'detached' });
    await goOn(answer, 10);
    await view.expectAtEnd();
    answer.finish();
    await chat.settled();
    await view.rest();
    await view.expectAtEnd();
  });

  it('leaves what is read where it is when the answer that is written below it ends', async () => {
    const answer = new PacedAnswer(app.model, lines(40));
    await chat.send(answer.question);
    await goOn(answer, 40);
    await view.scroll(-300);
    await view.toEnd.waitFor();
    await expectNoJump(async () => {
      answer.finish();
      await chat.settled();
    });
  });
});
