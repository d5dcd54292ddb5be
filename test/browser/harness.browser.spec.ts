import { useChromium } from './support/chromium';
import { serveHtml } from './support/html-server';
import type { WebServer } from './support/web-server';
import { DESKTOP, PHONE, Visitor } from './support/visitor';

const HEAD = '<title>A page</title><meta name="viewport" content="width=device-width">';
const page = (body: string) =>
  `<!doctype html><html lang="en"><head>${HEAD}</head><body><main><h1>A page</h1>${body}</main></body></html>`;

const FILES = {
  '/': page('<p>Nothing is wrong.</p>'),
  '/free': page('<p>Nothing is forbidden.</p>'),
  '/inline': page('<script>document.title = "It ran";</script>'),
  '/parsed': page('<script src="/parse.js"></script>'),
  '/parse.js': `new DOMParser().parseFromString('<img src="x" onerror="alert(1)">', 'text/html');`,
};

describe('A visitor', () => {
  const chromium = useChromium();
  let site: WebServer;
  let visitor: Visitor;

  beforeAll(async () => (site = await serveHtml(FILES)));
  beforeEach(async () => (visitor = await Visitor.come(chromium.browser, { baseURL: site.url })));
  afterAll(() => site.close());

  /** If the assertion could not fail, nor could the tests that rely on it. */
  async function expectNoise(noise: Readonly<Record<string, unknown>>): Promise<void> {
    await expect(visitor.expectQuiet()).rejects.toThrow('toEqual');
    expect(visitor).toMatchObject(noise);
  }

  it('is quiet on a page where nothing is wrong, in each of two tabs', async () => {
    await visitor.open();
    await visitor.open();
    await visitor.expectQuiet();
    expect(visitor.tabs).toHaveLength(2);
  });

  it('sees what the policy forbids', async () => {
    const tab = await visitor.open('/inline');
    expect(await tab.title()).toBe('A page');
    await expectNoise({ violations: [`script-src-elem: inline (${site.url}/inline:1)`] });
  });

  it('sees what the policy forbids after it has gone to another page', async () => {
    const tab = await visitor.open();
    await visitor.expectQuiet();
    await tab.goto('/inline');
    await tab.goto('/');
    await expectNoise({ violations: [expect.stringContaining('inline')] });
  });

  it('sees what the policy forbids in a second tab', async () => {
    await visitor.open();
    await visitor.open('/inline');
    await expectNoise({ violations: [expect.stringContaining('inline')] });
  });

  it('sees what the policy forbids in a tab that the page has opened', async () => {
    const tab = await visitor.open();
    const opened = tab.waitForEvent('popup');
    await tab.evaluate(() => window.open('/inline', '_blank', 'noopener'));
    await (await opened).waitForLoadState();
    await expectNoise({ violations: [expect.stringContaining('inline')] });
  });

  it('sees what the policy forbids in HTML that the page only parses', async () => {
    await visitor.open('/parsed');
    await expectNoise({ violations: [expect.stringContaining('script-src-attr')] });
  });

  it.each(['alert', 'confirm', 'prompt'] as const)('sees a dialog of %s() and answers it', async (kind) => {
    const tab = await visitor.open();
    await tab.evaluate((name) => window[name]('Boo'), kind);
    await expectNoise({ dialogs: [`${kind}: Boo`] });
  });

  it('sees an error that nothing catches, and a promise', async () => {
    const tab = await visitor.open();
    await tab.evaluate(() => {
      setTimeout(() => {
        throw new TypeError('Thrown');
      });
      void Promise.reject(new Error('Rejected'));
    });
    await expectNoise({
      errors: expect.arrayContaining(['TypeError: Thrown', 'Error: Rejected']) as unknown,
    });
  });

  it('sees console.error, and no failed answer', async () => {
    const tab = await visitor.open();
    await tab.evaluate(() => fetch('/nowhere'));
    await visitor.expectQuiet();
    await tab.evaluate(() => console.error('A mistake'));
    await expectNoise({ errors: [expect.stringContaining('A mistake')] });
  });

  it('sees requests to other origins, and none of them leaves', async () => {
    const elsewhere = `http://elsewhere.localhost:${site.port}`; // which Chromium takes for this machine if it is let
    const tab = await visitor.open('/free');
    await tab.evaluate(async (url) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/socket`);
      await Promise.all([
        new Promise((resolve) => (socket.onerror = resolve)),
        new Promise((resolve) => (Object.assign(new Image(), { src: `${url}/image` }).onerror = resolve)),
        fetch(`${url}/fetched`).catch(() => undefined),
        fetch('data:,inside'),
        fetch(URL.createObjectURL(new Blob(['inside']))),
      ]);
    }, elsewhere);
    await expect(visitor.expectQuiet()).rejects.toThrow('toEqual');
    const [fetched, image] = [`${elsewhere}/fetched`, `${elsewhere}/image`];
    const socket = `${elsewhere.replace('http', 'ws')}/socket`;
    expect(visitor.foreignRequests.sort()).toEqual([fetched, image, socket]);
    expect(site.asked).not.toEqual(expect.arrayContaining([expect.stringMatching(/fetched|image|socket/)]));
  });

  it('sees a request to another origin that the policy forbids', async () => {
    const tab = await visitor.open();
    const src = 'https://elsewhere.example/image';
    await tab.evaluate((url) => document.body.append(Object.assign(new Image(), { src: url })), src);
    await expectNoise({ foreignRequests: [src], violations: [expect.stringContaining('img-src')] });
  });

  it('sees a link to another origin that is followed', async () => {
    const tab = await visitor.open();
    const opened = tab.waitForEvent('popup');
    await tab.evaluate(() => window.open('https://elsewhere.example/', '_blank', 'noopener'));
    await opened;
    await expectNoise({ foreignRequests: ['https://elsewhere.example/'] });
  });

  it('can be noisy on purpose', async () => {
    const tab = await visitor.open();
    await tab.evaluate(() => alert('Boo'));
    expect(visitor.dialogs.splice(0)).toEqual(['alert: Boo']);
    await visitor.expectQuiet();
  });

  it.each([
    ['a desktop', DESKTOP, '(pointer: fine) and (width: 1280px)'],
    ['a phone', PHONE, '(pointer: coarse) and (width: 390px)'],
  ])('has %s', async (_name, device, query) => {
    const owner = await Visitor.come(chromium.browser, { baseURL: site.url, ...device });
    const tab = await owner.open();
    expect(await tab.evaluate((media) => matchMedia(media).matches, query)).toBe(true);
  });
});
