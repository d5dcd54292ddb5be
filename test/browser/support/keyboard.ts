import type { Page } from 'playwright-core';
import { expectSoon } from './expect-soon';

/** Goes through a page as somebody does who has no mouse. */
export class Keyboard {
  constructor(private readonly page: Page) {}

  /** What the focus is on, by its name. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return 'the page';
      const label = at.getAttribute('aria-label') ?? at.textContent;
      return label.trim().replace(/\s+/g, ' ');
    });
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Presses Tab until the focus is on what has this name; the names of all that had it on the way, that one included. */
  async tabTo(name: string): Promise<string[]> {
    const names: string[] = [];
    for (let presses = 0; presses < 60; presses++) {
      await this.press('Tab');
      names.push(await this.focused());
      await this.expectSeen();
      if (names.at(-1) === name) return names;
    }
    throw new Error(`Tab does not lead to "${name}": ${names.join(', ')}`);
  }

  async expectFocused(name: string): Promise<void> {
    await expectSoon(() => this.focused(), name);
  }

  /** That a person sees where the focus is: by an outline, or in a text field by the border, which is as dark as its texts then. */
  async expectSeen(): Promise<void> {
    const isSeen = () =>
      this.page.evaluate(() => {
        const at = document.activeElement!;
        const { outlineStyle, outlineWidth } = getComputedStyle(at);
        if (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) return true;
        const frame = at.closest('.text-field');
        const text = frame?.querySelector('output');
        return at === document.body || getComputedStyle(frame!).borderColor === getComputedStyle(text!).color;
      });
    await expectSoon(isSeen, true);
  }
}
