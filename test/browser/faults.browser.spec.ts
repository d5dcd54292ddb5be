import type { Page } from 'playwright-core';
import { expectAccessible, findAccessibilityViolations } from './support/axe';
import { findChromium, useChromium } from './support/chromium';
import { serveHtml } from './support/html-server';
import type { WebServer } from './support/web-server';
import { FaultyNetwork, slowDown } from './support/network';
import { Visitor } from './support/visitor';
import { xssPayloads } from './support/xss-payloads';

const page = (body: string) =>
  `<!doctype html><html lang="en"><head><title>A page</title></head><body><main><h1>A page</h1>${body}</main></body></html>`;

const FILES = {
  '/': page('<button>Go</button>'),
  '/nameless': page('<button id="go"></button>'),
};

describe('What browser tests stand on', () => {
  const chromium = useChromium();
  let site: WebServer;
  let network: FaultyNetwork;
  let visitor: Visitor;

  beforeAll(async () => (site = await serveHtml(FILES)));
  beforeEach(async () => {
    network = await FaultyNetwork.before(site.url);
    visitor = await Visitor.come(chromium.browser, { baseURL: network.url });
  });
  afterEach(() => network.close());
  afterAll(() => site.close());

  /** What the next piece of the body is, or how the body ended. */
  const read = (tab: Page) =>
    tab.evaluate(async () => {
      const { reader } = window as unknown as { reader: ReadableStreamDefaultReader<BufferSource> };
      return reader.read().then(({ value }) => new TextDecoder().decode(value), String);
    });

  const openStream = (tab: Page) =>
    tab.evaluate(
      async () => Object.assign(window, { reader: (await fetch('/stream')).body!.getReader() }).closed,
    );

  /** The status, or why there is none. */
  const ask = (tab: Page, path = '/') =>
    tab.evaluate((url) => fetch(url).then(({ status }) => status, String), path);

  it('finds a button without a name, and says which', async () => {
    const tab = await visitor.open('/nameless');
    await expect(expectAccessible(tab)).rejects.toThrow('button-name');
    expect(await findAccessibilityViolations(tab)).toEqual([
      {
        rule: 'button-name',
        impact: 'critical',
        help: 'Buttons must have discernible text',
        elements: [
          expect.stringMatching(/^#go – Fix any of the following: Element does not have inner text/),
        ],
      },
    ]);
  });

  it('finds a page accessible, under a policy that forbids inline scripts, and disturbs nothing', async () => {
    await expectAccessible(await visitor.open());
    await visitor.expectQuiet();
  });

  it('ends a stream that is being read when the network is cut, and refuses others until it is mended', async () => {
    const tab = await visitor.open();
    await openStream(tab);
    expect(await read(tab)).toBe('the beginning');
    const next = read(tab);
    await network.cut();
    await network.cut();
    expect(await next).toBe('TypeError: network error');
    expect(await ask(tab)).toBe('TypeError: Failed to fetch');
    await network.mend();
    expect(await ask(tab)).toBe(200);
    await visitor.expectQuiet();
  });

  it('drops a stream without refusing others', async () => {
    const tab = await visitor.open();
    await openStream(tab);
    network.drop();
    expect(await ask(tab)).toBe(200);
  });

  it('lets nothing through while the network is stalled, and then everything', async () => {
    const tab = await visitor.open();
    network.stall();
    const sent = tab.waitForRequest('**/held');
    const answer = ask(tab, '/held');
    await sent;
    await fetch(`${site.url}/passing`); // which is later, and does not come by way of the network
    expect(site.asked).toContain('/passing');
    expect(site.asked).not.toContain('/held');
    await network.mend();
    expect(await answer).toBe(404);
  });

  it('takes every tab offline and back', async () => {
    const tab = await visitor.open();
    await visitor.goOffline();
    expect(await tab.evaluate(() => navigator.onLine)).toBe(false);
    expect(await ask(tab)).toBe('TypeError: Failed to fetch');
    await visitor.goOffline(false);
    expect(await ask(tab)).toBe(200);
    await visitor.expectQuiet();
  });

  it('makes answers slow, and fast again', async () => {
    const tab = await visitor.open();
    const time = () =>
      tab.evaluate(async () => {
        const start = performance.now();
        await fetch('/', { cache: 'no-store' });
        return performance.now() - start;
      });
    const hurryUp = await slowDown(tab, { latencyMs: 5_000, bytesPerSecond: 50_000 });
    expect(await time()).toBeGreaterThan(4_900);
    await hurryUp();
    expect(await time()).toBeLessThan(4_900);
  });

  it('has two hundred payloads, none of them twice, and no fewer', () => {
    const payloads = xssPayloads();
    expect(new Set(payloads).size).toBe(200);
    expect(
      payloads.filter((text) => text.length > 1_000 || /[\r\0]/.test(text) || !text.isWellFormed()),
    ).toEqual([]);
    expect(() => xssPayloads(payloads.slice(1).join('\n'))).toThrow('199 payloads');
    expect(() => xssPayloads([...payloads.slice(1), payloads[1]].join('\n'))).toThrow(
      '199 of them different',
    );
  });

  it('says what to install where there is no Chromium', () => {
    expect(() => findChromium(undefined, ['/nowhere/chromium'])).toThrow('apt-get install chromium');
    expect(() => findChromium('/nowhere/chromium')).toThrow('CHROMIUM_PATH');
    expect(findChromium(__filename)).toBe(__filename);
  });
});
