import type { Locator, Page } from 'playwright-core';
import { expectSoon } from './expect-soon';

type Section = 'Pinned' | 'Recent' | 'Archived' | 'Found';

/** The conversations beside the chat. */
export class Sidebar {
  readonly search: Locator;
  private readonly nav: Locator;

  constructor(private readonly page: Page) {
    this.nav = page.getByRole('navigation', { name: 'Conversations' });
    this.search = page.getByRole('searchbox', { name: 'Search conversations' });
  }

  section(name: Section): Locator {
    return this.nav.getByRole('region', { name });
  }

  /** By its title, and by what was found in it. */
  link(name: string | RegExp): Locator {
    return this.nav.getByRole('link', { name });
  }

  button(name: string): Locator {
    return this.nav.getByRole('button', { name, exact: true });
  }

  /** An entry of the menu of a conversation. */
  async choose(title: string, entry: string): Promise<void> {
    await this.button(`More for ${title}`).click();
    await this.page.getByRole('menuitem', { name: entry, exact: true }).click();
  }

  /** That a section has, or comes to have, these and no others, from top to bottom. */
  async expectTitles(section: Section, titles: readonly string[]): Promise<void> {
    await expectSoon<readonly string[]>(
      () => this.section(section).locator('.title').allTextContents(),
      titles,
    );
  }

  /** Turns the wheel over the list. */
  async scrollDown(pixels: number): Promise<void> {
    await this.page.mouse.move(150, 400); // to hover over a part of it would scroll there first
    await this.page.mouse.wheel(0, pixels);
  }
}
