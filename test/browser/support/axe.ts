import type axe from 'axe-core';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

/** A rule of axe-core that the page breaks, and where. */
interface AccessibilityViolation {
  readonly rule: string;
  readonly impact: string;
  readonly help: string;
  /** A CSS selector and what is wrong with it, one an element. */
  readonly elements: readonly string[];
}

/** All of axe-core's rules, best practices included, on the page as it is now. */
export async function findAccessibilityViolations(page: Page): Promise<AccessibilityViolation[]> {
  await page.evaluate(AXE); // a script tag would be refused by the page's Content-Security-Policy
  await settle(page);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  return violations.map(({ id, impact, help, nodes }) => ({
    rule: id,
    impact: impact ?? 'unknown',
    help,
    elements: nodes.map(
      ({ target, failureSummary = '' }) => `${target.join(' ')} – ${oneLine(failureSummary)}`,
    ),
  }));
}

export async function expectAccessible(page: Page): Promise<void> {
  expect(await findAccessibilityViolations(page)).toEqual([]);
}

/** A drawer that is still sliding in lets the page behind it through: its contrasts are those of no moment that stays. */
async function settle(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ playState, effect }) =>
          playState !== 'running' || effect?.getComputedTiming().endTime === Infinity,
      ),
  );
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');
