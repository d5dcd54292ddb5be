import { BrowserClient } from '../support/cookie-client';
import { startApp, type RunningApp } from '../support/running-app';

const OURS = 'https://chat.example.com';
const APP = 'https://app.example.com';

describe('The refresh cookie', () => {
  let parley: RunningApp;

  afterEach(() => parley.close());

  /** What the cookie of a guest on that site is like. */
  const cookieAt = async (site: string) => {
    const page = new BrowserClient(parley.url, { site });
    await page.signIn('/auth/guest');
    const secure = page.cookie!.attributes.includes('secure');
    return { name: page.cookie!.name, secure };
  };
  const refreshFrom = async (page: BrowserClient, origin: string) =>
    (await page.post('/auth/refresh', undefined, { origin })).status;

  it.each([
    ['https://chat.example.com', true],
    ['http://localhost:3000', true],
    ['http://parley.localhost', true],
    ['http://127.0.0.1:3000', true],
    ['http://[::1]:3000', true],
    ['http://chat.example.com', false],
    ['http://192.168.1.20:3000', false],
    ['http://localhost.example.com', false],
  ])('at %s is Secure and bound to its host: %s', async (site, secure) => {
    parley = await startApp({ TRUST_PROXY: '1' });
    const name = secure ? '__Host-parley_refresh' : 'parley_refresh';
    expect(await cookieAt(site)).toEqual({ name, secure });
    const page = new BrowserClient(parley.url, { site, origin: site });
    await page.signIn('/auth/guest');
    expect(await refreshFrom(page, site)).toBe(200);
    expect(await refreshFrom(page, parley.url)).toBe(403);
  });

  it('follows PUBLIC_URL, whatever a request says', async () => {
    parley = await startApp({ PUBLIC_URL: `${OURS}/`, TRUST_PROXY: '1' });
    expect(await cookieAt('http://192.168.1.20:3000')).toEqual({
      name: '__Host-parley_refresh',
      secure: true,
    });
    const page = new BrowserClient(parley.url);
    await page.signIn('/auth/guest');
    expect(await refreshFrom(page, OURS)).toBe(200);
    expect(await refreshFrom(page, parley.url)).toBe(403);
  });

  it('is taken from the pages of CORS_ORIGINS as well, and then from none that is not named', async () => {
    parley = await startApp({ PUBLIC_URL: OURS, CORS_ORIGINS: APP });
    const page = new BrowserClient(parley.url);
    await page.signIn('/auth/guest');
    expect(await refreshFrom(page, APP)).toBe(200);
    expect(await refreshFrom(page, OURS)).toBe(200);
    expect(await refreshFrom(page, 'https://other.example.com')).toBe(403);
  });

  it('is taken from CORS_ORIGINS alone where nothing says what our own origin is', async () => {
    parley = await startApp({ CORS_ORIGINS: APP });
    const page = new BrowserClient(parley.url);
    await page.signIn('/auth/guest');
    expect(await refreshFrom(page, APP)).toBe(200);
    expect(await refreshFrom(page, parley.url)).toBe(403);
  });
});
