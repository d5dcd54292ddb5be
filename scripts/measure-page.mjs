// How soon the page is there: `npm run measure:page`. It starts the built product, and opens the page 20 times as somebody new and 20
// times as somebody who comes back to a conversation. All runs on one machine, so the network costs nothing.
import { startChromium, startParley } from './running-parley.mjs';

const TRIES = 20;
const ANSWER = 'A paragraph of some length, as models write it. '.repeat(20);

const parley = await startParley(() => ANSWER);
const browser = await startChromium();

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

/** Milliseconds from the start of the navigation; bytes as they came over the wire. */
async function open(context, path, ready) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.longTaskMs = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longTaskMs += duration;
    }).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(parley.url + path);
  await page.waitForFunction(ready);
  const usable = await page.evaluate(() => performance.now());
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
  const measured = await page.evaluate(() => ({
    painted: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    busy: globalThis.longTaskMs,
    bytes: performance
      .getEntries()
      .filter(({ name, entryType }) => /navigation|resource/.test(entryType) && !name.includes('/api/'))
      .reduce((sum, { transferSize }) => sum + transferSize, 0),
  }));
  await page.close();
  return { ...measured, usable };
}

async function measure(label, visit, path, ready) {
  const rows = [];
  for (let n = -2; n < TRIES; n++) {
    const row = await visit((context) => open(context, path, ready));
    if (n >= 0) rows.push(row); // the first ones warm up
  }
  const of = (key) => median(rows.map((row) => row[key]));
  console.log(
    `${label}: first contentful paint ${of('painted').toFixed(0)} ms, usable ${of('usable').toFixed(0)} ms, ` +
      `main thread blocked ${of('busy').toFixed(0)} ms, ${(of('bytes') / 1024).toFixed(1)} KB`,
  );
}

const CAN_ASK = () =>
  globalThis.document.querySelector('textarea') !== null &&
  globalThis.document.querySelector('select') !== null;
const SHOWS_ANSWER = () => globalThis.document.querySelector('.answer .prose') !== null;

/** Somebody else each time, with nothing in the cache. */
async function asNew(visit) {
  const context = await browser.newContext();
  return visit(context).finally(() => context.close());
}
await measure('new ', asNew, '/', CAN_ASK);

const known = await browser.newContext();
const page = await known.newPage();
await page.goto(parley.url);
await page.getByLabel('Your question').fill('What is it?');
await page.keyboard.press('Enter');
await page.getByRole('button', { name: 'Answer again' }).waitFor();
await measure('back', (visit) => visit(known), new URL(page.url()).pathname, SHOWS_ANSWER);

await browser.close();
await parley.stop();
