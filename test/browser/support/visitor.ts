import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export const DESKTOP = { viewport: { width: 1280, height: 800 } } as const;
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

/** Everything that a context of Playwright can be told; without a viewport it is a desktop. */
interface VisitorOptions extends BrowserContextOptions {
  readonly baseURL: string;
}

/** Twice Playwright's own, for a slow machine; as `waitUntil`. */
const WAIT_MS = 60_000;
const REPORT = 'reportPolicyViolation';
/** Chromium says so of every answer that failed or was not a 2xx. Tests cause these, and pages cannot prevent it. */
const NETWORK_FAILURE = /^Failed to load resource:/;

/**
 * One person with cookies and storage of their own, in as many tabs as they like. Whatever goes wrong in any of them is noted, oldest
 * first. A test that causes such a thing on purpose takes it out: `expect(ana.dialogs.splice(0)).toEqual([…])`.
 */
export class Visitor {
  /** What the Content-Security-Policy forbade, in the page or in a document that the page parsed. Chromium calls each an error, too. */
  readonly violations: string[] = [];
  /** What scripts threw and did not catch, and what was said to `console.error`. */
  readonly errors: string[] = [];
  /** Each is dismissed at once. */
  readonly dialogs: string[] = [];
  /** URLs of another origin than the page's; Playwright does not tell of `data:`. The browser of `useChromium` resolves no name, so none of them left. */
  readonly foreignRequests: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    private readonly origin: string,
  ) {}

  static async come(browser: Browser, options: VisitorOptions): Promise<Visitor> {
    const context = await browser.newContext({ ...DESKTOP, locale: 'en-GB', timezoneId: 'UTC', ...options });
    context.setDefaultTimeout(WAIT_MS);
    const visitor = new Visitor(context, new URL(options.baseURL).origin);
    await visitor.watch();
    return visitor;
  }

  /** Opens a path in a new tab, whose page is there when its `load` event has come. */
  async open(path = '/'): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(path);
    return page;
  }

  /** Oldest first, those included that the page has opened. */
  get tabs(): Page[] {
    return this.context.pages();
  }

  /** As though the machine had lost its network, in all tabs. Connections that are open stay so: cut those with `FaultyNetwork`. */
  async goOffline(offline = true): Promise<void> {
    await this.context.setOffline(offline);
  }

  /** Fails unless nothing has gone wrong in any tab until now. */
  async expectQuiet(): Promise<void> {
    await Promise.all(this.tabs.map(reported));
    const { violations, errors, dialogs, foreignRequests } = this;
    const nothing = { violations: [], errors: [], dialogs: [], foreignRequests: [] };
    expect({ violations, errors, dialogs, foreignRequests }).toEqual(nothing);
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  private async watch(): Promise<void> {
    this.context.on('weberror', (webError) => this.errors.push(String(webError.error())));
    this.context.on('console', (message) => {
      const { url, lineNumber } = message.location();
      if (message.type() !== 'error' || NETWORK_FAILURE.test(message.text())) return;
      this.errors.push(`console.error: ${message.text()} (${url}:${lineNumber + 1})`);
    });
    this.context.on('dialog', (dialog) => {
      this.dialogs.push(`${dialog.type()}: ${dialog.message()}`);
      dialog.dismiss().catch(() => undefined); // the tab may have been closed
    });
    this.context.on('request', (request) => this.noteIfForeign(request.url()));
    this.context.on('page', (page) => page.on('websocket', (socket) => this.noteIfForeign(socket.url())));
    await this.context.exposeBinding(REPORT, (_source, violation: string) => this.violations.push(violation));
    await this.context.addInitScript(listenForViolations, REPORT);
  }

  private noteIfForeign(url: string): void {
    const { origin } = new URL(url.replace(/^ws/, 'http'));
    if (origin !== this.origin) this.foreignRequests.push(url);
  }
}

/**
 * Runs in each frame of each tab before anything of the page does. The one exception is a tab whose page can see who opened it: what
 * the policy forbids there before the page has loaded is in `errors` alone.
 */
function listenForViolations(report: string): void {
  const tell = (window as unknown as Record<string, (violation: string) => void>)[report]!;
  const listener = (violation: SecurityPolicyViolationEvent) =>
    tell(
      `${violation.effectiveDirective}: ${violation.blockedURI} ` +
        `(${violation.sourceFile || violation.documentURI}:${violation.lineNumber})`,
    );
  window.addEventListener('securitypolicyviolation', listener, { capture: true });
}

/** Until the tab has told us all that happened in it before: reports of violations are tasks of their own. */
async function reported(tab: Page): Promise<void> {
  const turn = () =>
    tab.evaluate(async () => {
      const { port1, port2 } = new MessageChannel(); // a timer would wait for a clock that a test has stopped
      const told = new Promise((resolve) => (port1.onmessage = resolve));
      port2.postMessage(null);
      await told;
    });
  await turn().catch(turn); // it may just have gone to another page, which takes the script with it
}
