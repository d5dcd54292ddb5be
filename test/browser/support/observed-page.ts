import type { Page } from 'playwright-core';

interface Observations {
  readonly said: string[];
  shifted: number;
}

const LIVE_REGIONS = '[role=log], [role=status], [role=alert], [aria-live], output';

/** What screen readers are told in a tab from now on, one text a change, oldest first. */
export async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate((regions) => {
    const said: string[] = [];
    for (const region of document.querySelectorAll(regions)) {
      const hear = () => said.push(region.textContent);
      new MutationObserver(hear).observe(region, { subtree: true, childList: true, characterData: true });
    }
    Object.assign(window, { said });
  }, LIVE_REGIONS);
  return () => page.evaluate(() => (window as unknown as Observations).said);
}

/** How much has moved in a tab from now on without anybody's doing, as Chromium counts it (Cumulative Layout Shift). */
export async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const seen = Object.assign(window as unknown as Observations, { shifted: 0 });
    const observer = new PerformanceObserver((list) => {
      const shifts = list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[];
      for (const { value, hadRecentInput } of shifts) if (!hadRecentInput) seen.shifted += value;
    });
    observer.observe({ type: 'layout-shift' });
  });
  return () => page.evaluate(() => (window as unknown as Observations).shifted);
}

/** Until the tab has been painted as it is now, and what was seen of it has been told. */
export async function painted(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))),
      ),
  );
}

/** How many animations run. */
export const animations = (page: Page): Promise<number> =>
  page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
