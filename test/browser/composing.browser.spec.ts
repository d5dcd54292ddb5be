import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { PHONE, Visitor } from './support/visitor';

describe('Somebody who writes a question', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let chat: ChatPage;

  beforeAll(async () => (app = await startPageApp({ MESSAGE_MAX_CHARS: '100' })));
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    chat = await ChatPage.open(visitor);
  });
  afterEach(() => visitor.expectQuiet());

  const heightOf = async () => (await chat.field.boundingBox())!.height;

  it('can begin at once: the field has the focus', async () => {
    await chat.page.keyboard.type('Hello');
    await expect(chat.field.inputValue()).resolves.toBe('Hello');
  });

  it('begins a line with Shift and Enter, in a field that grows, and sends with Enter', async () => {
    const before = await heightOf();
    await chat.field.pressSequentially('One');
    await chat.field.press('Shift+Enter');
    await chat.field.pressSequentially('Two');
    expect(await heightOf()).toBeGreaterThan(before + 20);
    await chat.field.press('Enter');
    await chat.settled();
    await expect(
      chat.questions.first().evaluate((bubble) => (bubble as HTMLElement).innerText),
    ).resolves.toBe('One\nTwo');
    expect(await heightOf()).toBe(before);
  });

  it('chooses a word of an input method with Enter, which sends nothing', async () => {
    const session = await chat.page.context().newCDPSession(chat.page);
    await session.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
    await chat.field.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    await session.send('Input.insertText', { text: '日' });
    await chat.field.dispatchEvent('keydown', { key: 'Enter' }); // as Safari has it, after the composition
    await chat.field.dispatchEvent('keyup', { key: 'Enter' });
    await expect(chat.field.inputValue()).resolves.toBe('日');
    await expect(chat.questions.count()).resolves.toBe(0);
    await chat.field.press('Enter');
    await chat.settled();
    await expect(chat.texts()).resolves.toEqual(['日', 'You said: 日']);
  });

  it('sees what is left near the limit, and sends nothing that is too long', async () => {
    await chat.field.fill('x'.repeat(79));
    await expect(chat.page.locator('.counter').textContent()).resolves.toBe('');
    await chat.field.fill('x'.repeat(81));
    await chat.page.getByText('19 characters left').waitFor();
    await chat.field.fill('x'.repeat(103));
    await chat.page.getByText('3 characters too many').waitFor();
    await chat.field.press('Enter');
    await expect(chat.button('Send').isDisabled()).resolves.toBe(true);
    await expect(chat.field.inputValue()).resolves.toHaveLength(103);
    await chat.field.fill(` ${'x'.repeat(100)}\n`);
    await chat.field.press('Enter');
    await chat.settled();
    await expect(chat.questions.first().textContent()).resolves.toBe('x'.repeat(100));
  });

  it.each(['', '  \n '])('sends nothing when there is nothing: %j', async (nothing) => {
    await chat.field.fill(nothing);
    await chat.field.press('Enter');
    await expect(chat.button('Send').isDisabled()).resolves.toBe(true);
    await expect(chat.questions.count()).resolves.toBe(0);
  });

  it('finds the draft of each conversation again, also after a reload', async () => {
    await chat.ask('One');
    const first = new URL(chat.page.url()).pathname;
    await chat.field.fill('A draft in the first');
    await chat.page.getByRole('link', { name: 'New chat' }).click();
    await chat.page.getByRole('heading', { name: 'What would you like to know?' }).waitFor();
    await expect(chat.field.inputValue()).resolves.toBe('');
    await chat.field.fill('A draft of a new one');
    await chat.page.reload();
    await chat.field.waitFor();
    await expect(chat.field.inputValue()).resolves.toBe('A draft of a new one');
    await chat.page.goto(first);
    await chat.answers.first().waitFor();
    await expect(chat.field.inputValue()).resolves.toBe('A draft in the first');
    await chat.ask('Sent instead');
    await chat.page.reload();
    await chat.answers.nth(1).waitFor();
    await expect(chat.field.inputValue()).resolves.toBe('');
  });

  it('may write the next question while an answer is being written', async () => {
    app.model.answer('Take your time', (answer) => answer.hang());
    await chat.send('Take your time');
    await chat.button('Stop').waitFor();
    await chat.field.fill('Meanwhile');
    await chat.field.press('Enter');
    await expect(chat.field.inputValue()).resolves.toBe('Meanwhile');
    await chat.button('Stop').click();
    await chat.settled();
    await chat.field.press('Enter');
    await chat.answers.getByText('You said: Meanwhile').waitFor();
  });

  it('is offered something to begin with, which is put where it can be changed', async () => {
    await chat.page.getByRole('button', { name: /Oslo/ }).click();
    await expect(chat.field.inputValue()).resolves.toContain('Oslo');
    await expect(chat.questions.count()).resolves.toBe(0);
  });

  it('has the field in view on a phone whose keyboard takes half of the screen', async () => {
    const phone = await Visitor.come(chromium.browser, { baseURL: app.url, ...PHONE });
    const small = await ChatPage.open(phone);
    await small.ask('One');
    await small.page.setViewportSize({ width: 390, height: 400 });
    await small.field.focus();
    const box = (await small.page.locator('.composer').boundingBox())!;
    expect(box.y).toBeGreaterThan(0);
    expect(box.y + box.height).toBeLessThanOrEqual(400);
    await phone.expectQuiet();
  });
});
