import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { beginAnswer, expectWhole, LOST } from './support/reader';
import { RestartableParley } from './support/restartable-parley';
import { Visitor } from './support/visitor';

const INTERRUPTED = 'The answer was interrupted. What had been written is kept; try again for a whole one.';

describe('A chat whose server goes', () => {
  const chromium = useChromium();
  let parley: RestartableParley;
  let visitor: Visitor;
  let chat: ChatPage;

  beforeAll(
    async () => (parley = await RestartableParley.start({ replicas: 3, env: { DRAIN_SECONDS: '0' } })),
  );
  afterAll(() => parley.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: parley.url });
    chat = await ChatPage.open(visitor);
  });
  afterEach(() => visitor.expectQuiet());

  const isWhole = (of: ChatPage, ...texts: readonly string[]) => expectWhole(parley.replicas, of, ...texts);

  async function expectNoError(): Promise<void> {
    await expect(chat.page.locator('.notice').count()).resolves.toBe(0);
    await expect(chat.page.getByText(LOST).count()).resolves.toBe(0);
  }

  it('has what had been written when one of two is told to stop, and a whole answer when it is tried again', async () => {
    const answer = await beginAnswer(parley.model, chat);
    await parley.stop();
    await expect(parley.replicas.all[0]!.ended).resolves.toBe(0);
    await chat.answers.getByText(INTERRUPTED).waitFor();
    await isWhole(chat, answer.question, 'Oslo ');
    await expectNoError();
    answer.finish();
    await chat.button('Try again').click();
    await chat.page.getByRole('group', { name: '2 of 2 answers' }).waitFor();
    await chat.settled();
    await expectSoon(() => chat.texts(), [answer.question, 'Oslo is cold.']);
  });

  it('has what had been written when one of two is killed, and whole what had not begun', async () => {
    const other = await ChatPage.open(visitor);
    parley.model.answer('Never begun?', (answer) =>
      parley.model.calls.filter(({ question }) => question === 'Never begun?').length > 1
        ? answer.whole('Begun.')
        : answer.hang(),
    );
    await other.send('Never begun?');
    const answer = await beginAnswer(parley.model, chat);
    await parley.kill();
    await chat.live.getByText(LOST).waitFor();
    await chat.answers.getByText(INTERRUPTED).waitFor();
    await isWhole(chat, answer.question, 'Oslo ');
    await expectNoError();
    await chat.ask('Where is it cold?');
    await other.answers.getByText('Begun.').waitFor();
    await isWhole(other, 'Never begun?', 'Begun.');
  });
});
