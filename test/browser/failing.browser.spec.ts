import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { Visitor } from './support/visitor';

describe('A question that fails', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let chat: ChatPage;

  beforeAll(async () => (app = await startPageApp({ RATE_LIMITS: 'on', LIMIT_SEND: '2/1h' })));
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    chat = await ChatPage.open(visitor);
  });
  afterEach(() => visitor.expectQuiet());

  const calls = (question: string) => app.model.calls.filter((call) => call.question === question).length;

  it('says in plain words that the model broke off, keeps what there was, and is tried again', async () => {
    let times = 0;
    app.model.answer('Break off', (answer) =>
      ++times > 1 ? answer.whole('Oslo is cold.') : answer.text('Oslo'),
    );
    await chat.ask('Break off');
    await chat.answers.getByText('The model broke off. Try again.').waitFor();
    await expect(chat.texts()).resolves.toEqual(['Break off', 'Oslo']);
    await chat.button('Try again').click();
    await chat.answers.getByText('Oslo is cold.').waitFor();
    await chat.page.getByRole('group', { name: '2 of 2 answers' }).waitFor();
  });

  it('stays when it was refused, says why, and can be sent again or edited', async () => {
    await chat.ask('One');
    await chat.ask('Two');
    await chat.send('Three');
    const refusal = chat.page.getByRole('alert');
    await refusal.getByText(/That was too often\. Try again in \d+ min\./).waitFor();
    await expect(chat.questions.last().textContent()).resolves.toBe('Three');
    await refusal.getByRole('button', { name: 'Try again' }).click();
    await refusal.getByText('That was too often.').waitFor();
    await chat.page.reload();
    await refusal.getByText('That was too often.').waitFor();
    await refusal.getByRole('button', { name: 'Edit' }).click();
    await expect(chat.field.inputValue()).resolves.toBe('Three');
    await expect(chat.questions.count()).resolves.toBe(2);
    expect(calls('Three')).toBe(0);
  });

  it('tells somebody who would send another one meanwhile', async () => {
    await chat.ask('One');
    await chat.ask('Two');
    await chat.send('Three');
    await chat.page.getByRole('alert').waitFor();
    await chat.send('Four');
    await chat.page.getByText('The question above has not been sent.').waitFor();
    await expect(chat.field.inputValue()).resolves.toBe('Four');
  });
});
