import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { expectSoon } from './support/expect-soon';
import { startPageApp, type PageApp } from './support/page-app';
import { Visitor } from './support/visitor';

describe('What a model is told', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;
  let chat: ChatPage;

  beforeAll(async () => (app = await startPageApp({ LLM_MODELS: 'scripted,other' })));
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = await Visitor.come(chromium.browser, { baseURL: app.url });
    chat = await ChatPage.open(visitor);
  });
  afterEach(() => visitor.expectQuiet());

  const picker = () => chat.page.getByLabel('Model', { exact: true });

  /** Which model was asked last, and what it was told before the conversation. */
  const lastCall = () => {
    const { model, messages } = app.model.calls.at(-1)!.body;
    return { model, told: messages.filter(({ role }) => role === 'system').map(({ content }) => content) };
  };

  async function instruct(text: string): Promise<void> {
    await chat.page.getByRole('button', { name: /^Instructions/ }).click();
    const dialog = chat.page.getByRole('dialog', { name: 'Instructions for the model' });
    await dialog.getByRole('textbox', { name: 'Instructions' }).fill(text);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await chat.button(text ? 'Instructions (set)' : 'Instructions').waitFor();
  }

  it('goes to the model that is picked, also after a reload', async () => {
    await expectSoon(() => picker().inputValue(), 'custom/scripted');
    await chat.ask('One');
    expect(lastCall()).toMatchObject({ model: 'scripted' });
    await picker().selectOption('custom/other');
    await chat.ask('Two');
    expect(lastCall()).toMatchObject({ model: 'other' });
    await chat.page.reload();
    await expectSoon(() => picker().inputValue(), 'custom/other');
    await chat.ask('Three');
    expect(lastCall()).toMatchObject({ model: 'other' });
    await chat.page.getByRole('link', { name: 'New chat' }).click();
    await expectSoon(() => picker().inputValue(), 'custom/scripted');
  });

  it('goes to the model that is picked before the first question', async () => {
    await picker().selectOption('custom/other');
    await chat.ask('One');
    expect(lastCall()).toMatchObject({ model: 'other' });
    await expectSoon(() => picker().inputValue(), 'custom/other');
    await chat.page.reload();
    await expectSoon(() => picker().inputValue(), 'custom/other');
  });

  it('begins with the instructions, from before the first question until they are cleared', async () => {
    await chat.ask('One');
    const usual = lastCall().told;
    await chat.page.getByRole('link', { name: 'New chat' }).click();
    await instruct('Answer as a pirate.');
    await chat.ask('Two');
    expect(lastCall().told).toEqual(['Answer as a pirate.']);
    await chat.page.reload();
    await chat.button('Instructions (set)').waitFor();
    await instruct('Answer as a poet.');
    await chat.ask('Three');
    expect(lastCall().told).toEqual(['Answer as a poet.']);
    await instruct('');
    await chat.ask('Four');
    expect(lastCall().told).toEqual(usual);
  });

  it('stays as it was when the instructions are left with Escape', async () => {
    await instruct('Answer as a pirate.');
    await chat.button('Instructions (set)').click();
    await chat.page.getByRole('textbox', { name: 'Instructions' }).fill('Never mind.');
    await chat.page.keyboard.press('Escape');
    await chat.ask('One');
    expect(lastCall().told).toEqual(['Answer as a pirate.']);
  });
});
