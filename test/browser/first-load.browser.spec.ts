import { gzipSync } from 'node:zlib';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { Visitor } from './support/visitor';

const KB = 1024;
/** Of the page itself, packed; what the API answers is apart. */
const BUDGET = 60 * KB;

describe('The first load', () => {
  const chromium = useChromium();
  let app: PageApp;
  let visitor: Visitor;

  beforeAll(async () => (app = await startPageApp()));
  afterAll(() => app.close());
  beforeEach(async () => (visitor = await Visitor.come(chromium.browser, { baseURL: app.url })));
  afterEach(() => visitor.expectQuiet());

  /** Packed bytes by path, of what the page has asked for itself. */
  async function load(): Promise<Record<string, number>> {
    const page = await visitor.open('/health'); // a tab of the origin that has nothing of the page
    const sizes: Record<string, number> = {};
    const reading: Promise<void>[] = [];
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      const read = async () => void (sizes[pathname] = gzipSync(await response.body()).length);
      if (!pathname.startsWith('/api/')) reading.push(read());
    });
    await page.goto('/');
    await new ChatPage(page).field.waitFor();
    await page.getByRole('combobox', { name: 'Model' }).waitFor();
    await page.waitForLoadState('networkidle');
    await Promise.all(reading);
    return sizes;
  }

  it('takes no more than 60 KB, up to where somebody can ask', async () => {
    const sizes = await load();
    expect(Object.keys(sizes).some((path) => /^\/assets\/.*\.js$/.test(path))).toBe(true);
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(20 * KB); // else something was not counted
    expect(total).toBeLessThanOrEqual(BUDGET);
  });

  it('leaves for later what there is nothing to show of', async () => {
    const paths = Object.keys(await load()).join(' ');
    expect(paths).not.toMatch(/markdown|settings-view|sign-in-view|common/);
  });
});
