import type { Locator, Page } from 'playwright-core';
import { expectSoon } from './expect-soon';

/** The messages as somebody scrolls through them. */
export class MessageView {
  readonly box: Locator;
  readonly toEnd: Locator;

  constructor(private readonly page: Page) {
    this.box = page.getByRole('region', { name: 'Messages' });
    this.toEnd = page.getByRole('button', { name: 'To the newest message' });
  }

  /** Pixels between what is seen and the end. */
  belowView(): Promise<number> {
    return this.box.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  }

  /** That the end is, or comes to be, in view. */
  async expectAtEnd(): Promise<void> {
    await expectSoon(async () => (await this.belowView()) < 2, true);
  }

  /** Turns the wheel over the messages. */
  async scroll(pixels: number): Promise<void> {
    await this.box.hover({ position: { x: 200, y: 100 } });
    await this.page.mouse.wheel(0, pixels);
  }

  /** As a reader does who drags the bar: so far from the top. */
  async scrollTo(top: number): Promise<void> {
    await this.box.evaluate((box, pixels) => (box.scrollTop = pixels), top);
    await this.rest();
  }

  /** Holds the bar at the top until nothing more comes there. */
  async scrollToFirst(): Promise<void> {
    await this.box.evaluate(async (box) => {
      while (box.querySelector('.skeleton')) {
        box.scrollTop = 0;
        await new Promise(requestAnimationFrame);
      }
    });
  }

  /** Until nothing moves any more. */
  async rest(): Promise<void> {
    await this.box.evaluate(async (box) => {
      const frame = () => new Promise(requestAnimationFrame);
      for (let still = 0, top = NaN; still < 3; await frame()) {
        still = box.scrollTop === top ? still + 1 : 0;
        top = box.scrollTop;
      }
    });
  }

  /** Of each message that is there, oldest first. */
  texts(): Promise<string[]> {
    return this.box.evaluate((box) =>
      [...box.querySelectorAll('.question .bubble, .answer .prose')].map(({ textContent }) =>
        textContent.trim(),
      ),
    );
  }

  /** The text of the message in the middle of the view, and how far from the top of the window it is. */
  inTheMiddle(): Promise<{ readonly text: string; readonly top: number }> {
    return this.box.evaluate((box) => {
      const { left, top, width, height } = box.getBoundingClientRect();
      const columns = [0.5, 0.8].map((part) =>
        document.elementFromPoint(left + width * part, top + height / 2),
      );
      const message = columns.map((element) => element?.closest('article')).find(Boolean);
      if (!message) throw new Error('There is no message in the middle.');
      return {
        text: message.querySelector('.bubble, .prose')!.textContent.trim(),
        top: message.getBoundingClientRect().top,
      };
    });
  }

  /** How far from the top of the window the message is whose text is, or begins, so. */
  topOf(text: string): Promise<number> {
    return this.box.evaluate((box, beginning) => {
      const messages = [...box.querySelectorAll('article')];
      const message = messages.find((one) =>
        one.querySelector('.bubble, .prose')!.textContent.startsWith(beginning),
      );
      return message!.getBoundingClientRect().top;
    }, text);
  }
}
