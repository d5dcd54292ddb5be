import { PacedAnswer } from '../support/paced-answer';
import { waitUntil } from '../support/wait-until';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { Visitor } from './support/visitor';

describe('Somebody who chats', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let chat: ChatPage;

  beforeAll(async () => (app = await startPageApp()));
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, {
      baseURL: app.url,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    chat = await ChatPage.open(visitor);
  });
  afterEach(() => visitor.expectQuiet());

  const copied = () => chat.page.evaluate(() => navigator.clipboard.readText());

  it('sees the question at once, and the answer as it is written', async () => {
    const answer = new PacedAnswer(app.model, ['Oslo ', 'is ', 'cold.']);
    await chat.send(answer.question);
    await chat.questions.getByText(answer.question).waitFor();
    answer.goOn(0);
    await chat.live.getByText('Oslo').waitFor();
    await expect(chat.answers.count()).resolves.toBe(0);
    answer.finish();
    await chat.settled();
    await expect(chat.texts()).resolves.toEqual([answer.question, 'Oslo is cold.']);
  });

  it('has a conversation of its own at an address of its own, named by the question', async () => {
    await chat.ask('Where is it cold?');
    const { conversationId } = chat;
    const listed = chat.page.getByRole('link', { name: 'Where is it cold?' });
    await expect(listed.getAttribute('href')).resolves.toBe(`/c/${conversationId}`);
    await chat.ask('And where is it warm?');
    expect(chat.conversationId).toBe(conversationId);
    await chat.page.reload();
    await chat.answers.nth(1).waitFor();
    await expect(chat.texts()).resolves.toEqual([
      'Where is it cold?',
      'You said: Where is it cold?',
      'And where is it warm?',
      'You said: And where is it warm?',
    ]);
  });

  it('stops an answer, keeps what there was, and goes on', async () => {
    const answer = new PacedAnswer(app.model, ['Oslo ', 'is ', 'cold.']);
    await chat.send(answer.question);
    answer.goOn(0);
    await chat.live.getByText('Oslo').waitFor();
    await chat.button('Stop').click();
    await chat.answers.getByText('Stopped here.').waitFor();
    await expect(chat.texts()).resolves.toEqual([answer.question, 'Oslo']);
    const call = app.model.calls.find(({ question }) => question === answer.question)!;
    await expect(call.ended).resolves.toBe('left');
    await chat.ask('Go on');
    await expect(chat.answers.count()).resolves.toBe(2);
  });

  it('stops an answer before its first word', async () => {
    app.model.answer('Think long', (answer) => answer.hang());
    await chat.send('Think long');
    await waitUntil(() => app.model.calls.some(({ question }) => question === 'Think long'), 'a call');
    await chat.button('Stop').click();
    await chat.answers.getByText('Stopped before the first word.').waitFor();
  });

  it('has an answer written again, and goes back and forth between both', async () => {
    let times = 0;
    app.model.answer('Roll a die', (answer) => answer.whole(`It is ${++times}.`));
    await chat.ask('Roll a die');
    await chat.button('Answer again').click();
    await chat.answers.getByText('It is 2.').waitFor();
    await chat.page.getByRole('group', { name: '2 of 2 answers' }).waitFor();
    await chat.button('Earlier answer').click();
    await chat.answers.getByText('It is 1.').waitFor();
    await expect(chat.button('Earlier answer').isDisabled()).resolves.toBe(true);
    await chat.page.reload();
    await chat.answers.getByText('It is 1.').waitFor();
    await chat.button('Later answer').click();
    await chat.answers.getByText('It is 2.').waitFor();
  });

  it('asks a question otherwise, as a branch beside the former one', async () => {
    await chat.ask('One');
    await chat.ask('Two');
    await chat.button('Edit and ask again').first().click();
    const editor = chat.page.getByRole('form', { name: 'Edit the question' });
    await editor.getByRole('textbox').fill('Three');
    await editor.getByRole('button', { name: 'Ask again' }).click();
    await chat.answers.getByText('You said: Three').waitFor();
    await chat.settled();
    await expect(chat.texts()).resolves.toEqual(['Three', 'You said: Three']);
    await chat.button('Earlier version').click();
    await chat.answers.getByText('You said: Two').waitFor();
    await expect(chat.texts()).resolves.toEqual(['One', 'You said: One', 'Two', 'You said: Two']);
  });

  it('leaves an edit with Escape, and nothing has changed', async () => {
    await chat.ask('One');
    await chat.button('Edit and ask again').click();
    await chat.page.keyboard.press('Escape');
    await expect(chat.texts()).resolves.toEqual(['One', 'You said: One']);
  });

  it('copies a question, an answer as it was written, and the code in it', async () => {
    const text = 'Like this:\n\n```ts\nconst cold = true;\n```\n\n1. or\n\n   ```sh\n   curl oslo\n   ```';
    app.model.answer('Some code', (answer) => answer.whole(text));
    await chat.ask('Some code');
    await chat.button('Copy question').click();
    await chat.button('Copied').waitFor();
    await expect(copied()).resolves.toBe('Some code');
    await chat.button('Copy answer').click();
    await waitUntil(async () => (await copied()) === text, 'the answer');
    const [first, nested] = [chat.page.locator('figure').first(), chat.page.locator('figure').last()];
    await first.getByRole('button').click();
    await first.getByText('Copied').waitFor();
    await expect(copied()).resolves.toBe('const cold = true;');
    await nested.getByRole('button').click();
    await nested.getByText('Copied').waitFor();
    await expect(copied()).resolves.toBe('curl oslo');
  });
});
