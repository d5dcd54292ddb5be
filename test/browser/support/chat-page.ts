import type { Locator, Page } from 'playwright-core';
import type { Visitor } from './visitor';

/** The chat as somebody sees and uses it. */
export class ChatPage {
  readonly field: Locator;
  readonly questions: Locator;
  readonly answers: Locator;
  /** The one that is being written, or waited for. */
  readonly live: Locator;

  constructor(readonly page: Page) {
    this.field = page.getByRole('textbox', { name: 'Your question' });
    this.questions = page.locator('.question .bubble');
    this.answers = page.locator('.answer:not(.live)');
    this.live = page.locator('.answer.live');
  }

  static async open(visitor: Visitor, path = '/'): Promise<ChatPage> {
    const chat = new ChatPage(await visitor.open(path));
    await chat.field.waitFor();
    return chat;
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Types it and presses Enter; what happens then is for the test to see. */
  async send(question: string): Promise<void> {
    await this.field.fill(question);
    await this.field.press('Enter');
  }

  /** Sends it, and waits for the end of its answer. */
  async ask(question: string): Promise<void> {
    await this.send(question);
    await this.page.locator('.question', { hasText: question }).last().waitFor();
    await this.settled();
  }

  /** Nothing is being written or waited for, and what shows Markdown has been loaded. */
  async settled(): Promise<void> {
    await this.answers.last().waitFor();
    await this.live.waitFor({ state: 'detached' });
    await this.page.locator('.answer .bare').first().waitFor({ state: 'detached' });
  }

  /** As they are shown, oldest first. */
  async texts(): Promise<string[]> {
    const texts = await this.page.locator('.question .bubble, .answer .prose').allTextContents();
    return texts.map((text) => text.trim()); // Markdown ends a paragraph with a line
  }

  get conversationId(): string {
    return /^\/c\/([0-9a-f-]{36})$/.exec(new URL(this.page.url()).pathname)![1]!;
  }
}
