import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { OneWayNetwork } from './support/one-way-network';
import { startPageApp, type PageApp } from './support/page-app';
import { expectWhole, KEPT } from './support/reader';
import { Sidebar } from './support/sidebar';
import { Visitor } from './support/visitor';

describe('A question that cannot be sent', () => {
  const chromium = useChromium();
  let app: PageApp;
  let oneWay: OneWayNetwork;
  let visitor: Visitor;
  let chat: ChatPage;

  beforeAll(async () => {
    app = await startPageApp();
    oneWay = await OneWayNetwork.before(app.url);
  });
  afterAll(async () => {
    await oneWay.close();
    await app.close();
  });
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: oneWay.url });
    chat = await ChatPage.open(visitor);
  });
  afterEach(async () => {
    await app.network.mend();
    await visitor.expectQuiet();
  });

  const says = (text: string) => chat.page.getByText(text).waitFor();
  const isWhole = (...texts: readonly string[]) => expectWhole(app.parley, chat, ...texts);
  const times = (question: string) => app.model.calls.filter((call) => call.question === question).length;

  /** Closes the tab; what it gives opens the same address in another one. */
  async function close(): Promise<() => Promise<void>> {
    const { pathname } = new URL(chat.page.url());
    await chat.page.close();
    return async () => void (chat = await ChatPage.open(visitor, pathname));
  }

  it('is shown at once, kept, and asked once when the network is back', async () => {
    await app.network.cut();
    await chat.send('Is anybody there?');
    await chat.questions.getByText('Is anybody there?').waitFor();
    await says(KEPT);
    await app.network.mend();
    await chat.settled();
    await isWhole('Is anybody there?', 'You said: Is anybody there?');
    expect(times('Is anybody there?')).toBe(1);
    await new Sidebar(chat.page).expectTitles('Recent', ['Is anybody there?']);
  });

  it('is asked after a reload, also as the first of a chat', async () => {
    for (const question of ['The first one, later?', 'The second one, later?']) {
      await app.network.cut();
      await chat.send(question);
      await says(KEPT);
      await expect(chat.page.reload()).rejects.toThrow('net::ERR_');
      const openAgain = await close(); // or Chromium would load it when it sees fit
      await app.network.mend();
      await openAgain();
      await chat.answers.getByText(`You said: ${question}`).waitFor();
      await chat.settled();
      expect(times(question)).toBe(1);
    }
    await expect(chat.questions.count()).resolves.toBe(2);
  });

  it('is asked once when only its answer was lost, on the way back', async () => {
    await chat.ask('First');
    const mend = oneWay.loseAnswersTo('/messages/stream');
    await chat.send('Did you hear me?');
    await says(KEPT);
    mend();
    await chat.answers.getByText('You said: Did you hear me?').waitFor();
    await isWhole('First', 'You said: First', 'Did you hear me?', 'You said: Did you hear me?');
    expect(times('Did you hear me?')).toBe(1);
  });

  it('is asked once also when its tab was closed before anybody knew', async () => {
    await chat.ask('First');
    const mend = oneWay.loseAnswersTo('/messages/stream');
    await chat.send('And now?');
    await says(KEPT);
    const openAgain = await close();
    mend();
    await openAgain();
    await chat.answers.getByText('You said: And now?').waitFor();
    await isWhole('First', 'You said: First', 'And now?', 'You said: And now?');
    expect(times('And now?')).toBe(1);
  });

  it('is given back when it is not to be sent after all', async () => {
    await app.network.cut();
    await chat.send('Never mind?');
    await says(KEPT);
    await chat.button('Don’t send it').click();
    await expect(chat.field.inputValue()).resolves.toBe('Never mind?');
    await expect(chat.questions.count()).resolves.toBe(0);
    await app.network.mend();
    await chat.ask('Something else');
    await chat.page.reload();
    await chat.settled();
    await isWhole('Something else', 'You said: Something else');
    expect(times('Never mind?')).toBe(0);
  });

  it('is sent when the browser is no longer offline, which the page tells', async () => {
    const offline = chat.page.getByText('You are offline. Answers go on without you');
    await visitor.goOffline();
    await offline.waitFor();
    await chat.send('Are we there yet?');
    await says(KEPT);
    await visitor.goOffline(false);
    await offline.waitFor({ state: 'detached' });
    await chat.settled();
    await isWhole('Are we there yet?', 'You said: Are we there yet?');
  });
});
