import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const USUAL_PLACES = [
  '/usr/bin/chromium-headless-shell', // before a whole browser, which takes twice the time
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/homebrew/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
  // Whatever is asked for, by a page or by Chromium itself, nothing leaves this machine. A route of Playwright's would do as much,
  // but it turns the HTTP cache off and loses what a page sends with `keepalive` while it is closed (seen with 1.65.1).
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

interface RunningChromium {
  readonly browser: Browser;
}

/** One browser for all tests of a file: it starts before them, forgets the visitors of one before the next, and ends with them. */
export function useChromium(): RunningChromium {
  let browser: Browser | undefined;
  beforeAll(async () => (browser = await launch()));
  // Not behind each test: what a test's own `afterEach` looks at must still be there.
  beforeEach(() => Promise.all(browser!.contexts().map((context) => context.close())));
  afterAll(() => browser?.close());
  return {
    get browser() {
      return browser!;
    },
  };
}

const launch = () =>
  chromium.launch({ executablePath: findChromium(process.env.CHROMIUM_PATH), args: FLAGS });

/** @throws Error – there is none; it says what to install. */
export function findChromium(chosen: string | undefined, places: readonly string[] = USUAL_PLACES): string {
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new Error(`CHROMIUM_PATH names a file that is not there: ${chosen}`);
  }
  const found = places.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    'The browser tests need Chromium. Debian: apt-get install chromium-headless-shell; macOS: brew install --cask chromium. ' +
      'If it is elsewhere, CHROMIUM_PATH says where.',
  );
}
