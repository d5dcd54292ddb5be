import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChatPage } from './support/chat-page';
import { useChromium } from './support/chromium';
import { startPageApp, type PageApp } from './support/page-app';
import { Sidebar } from './support/sidebar';
import { serveFolder } from './support/static-site';
import type { WebServer } from './support/web-server';
import { Visitor } from './support/visitor';

const ROOT = join(__dirname, '..', '..');
const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');

/** As `VITE_API_URL=… npm run build:page` does it, into another folder. */
function buildPage(apiUrl: string, folder: string): void {
  const words = ['build', '--config', 'web/vite.config.mjs', '--outDir', folder, '--logLevel', 'error'];
  const env = { PATH: process.env.PATH, VITE_API_URL: apiUrl };
  execFileSync(process.execPath, [VITE, ...words], { cwd: ROOT, env, stdio: 'pipe' });
}

describe('A page that another server serves, built for the address of a Parley', () => {
  const chromium = useChromium();
  let folder: string;
  let site: WebServer;
  let app: PageApp;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-page-'));
    site = await serveFolder(folder);
    app = await startPageApp({ CORS_ORIGINS: site.url });
    buildPage(app.url, folder);
  });
  afterAll(async () => {
    await app.close();
    await site.close();
    rmSync(folder, { recursive: true });
  });

  it('chats with that Parley, and is the same guest after a reload', async () => {
    const visitor = await Visitor.come(chromium.browser, { baseURL: site.url });
    const chat = await ChatPage.open(visitor);
    await chat.ask('Where is it cold?');
    await expect(chat.texts()).resolves.toEqual(['Where is it cold?', 'You said: Where is it cold?']);
    await chat.page.reload();
    await new Sidebar(chat.page).expectTitles('Recent', ['Where is it cold?']);
    expect(new Set(visitor.foreignRequests.map((url) => new URL(url).origin))).toEqual(new Set([app.url]));
    expect(site.asked.filter((path) => path.startsWith('/api'))).toEqual([]);
    expect({ ...visitor }).toMatchObject({ violations: [], errors: [], dialogs: [] });
  });
});
