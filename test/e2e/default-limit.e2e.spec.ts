import type { TokensResponse } from '../../src/auth/auth.dto';
import { Client } from '../support/client';
import { expectProblem } from '../support/problem';
import { startApp, type RunningApp } from '../support/running-app';

const LIMIT = 5;
const ON = { RATE_LIMITS: 'on', TRUST_PROXY: '1', LIMIT_DEFAULT: `${LIMIT}/1m` };

let addresses = 0;

/** One that nobody has called from before. */
const newAddress = () => `203.0.113.${++addresses}`;

describe('The default limit', () => {
  let parley: RunningApp;
  let replica: RunningApp;

  beforeAll(async () => {
    parley = await startApp(ON);
    replica = await startApp({ ...ON, DATABASE_URL: parley.database.url });
  });

  afterAll(async () => {
    await replica.close();
    await parley.close();
  });

  const guest = async () => (await new Client(parley.url).post<TokensResponse>('/auth/guest')).body;
  const call = (path: string, address: string, tokens?: TokensResponse, headers = {}, url = parley.url) =>
    new Client(url, tokens).get(path, { headers: { 'X-Forwarded-For': address, ...headers } });
  const times = async (count: number, act: () => Promise<{ readonly status: number }>) => {
    const statuses: number[] = [];
    for (let n = 0; n < count; n++) statuses.push((await act()).status);
    return statuses;
  };
  const fiveAndOneRefused = (status: number) => [...Array.from({ length: LIMIT }, () => status), 429];

  it('counts every call of an account, whatever the route and the address', async () => {
    const tokens = await guest();
    const paths = ['/models', '/users/me', '/conversations'];
    const statuses = await times(LIMIT + 1, () => call(paths[addresses % 3]!, newAddress(), tokens));
    expect(statuses).toEqual(fiveAndOneRefused(200));
  });

  it('says what is left, on good answers and on refusals', async () => {
    const tokens = await guest();
    const good = await call('/models', newAddress(), tokens);
    expect(good.headers.get('ratelimit-policy')).toBe('"default";q=5;w=60');
    expect(good.headers.get('ratelimit')).toMatch(/^"default";r=4;t=(60|59|58)$/);
    await times(LIMIT - 1, () => call('/models', newAddress(), tokens));
    const refused = await call('/models', newAddress(), tokens);
    expectProblem(refused, 429, 'rate_limited');
    expect(refused.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
  });

  it('counts failures as well', async () => {
    const tokens = await guest();
    const statuses = await times(LIMIT + 1, () => call('/conversations/nope', newAddress(), tokens));
    expect(statuses).toEqual(fiveAndOneRefused(404));
  });

  it("is each account's own at one address", async () => {
    const [ana, ben, address] = [await guest(), await guest(), newAddress()];
    await times(LIMIT + 1, () => call('/models', address, ana));
    expect((await call('/models', address, ben)).status).toBe(200);
  });

  it("is each process's own", async () => {
    const tokens = await guest();
    await times(LIMIT + 1, () => call('/models', newAddress(), tokens));
    expect((await call('/models', newAddress(), tokens, {}, replica.url)).status).toBe(200);
  });

  it('counts by address where there is no account', async () => {
    const address = newAddress();
    expect(await times(LIMIT + 1, () => call('/models', address))).toEqual(fiveAndOneRefused(401));
    expect((await call('/models', newAddress())).status).toBe(401);
  });

  it('counts tokens that are none by address, too', async () => {
    const address = newAddress();
    const guess = () => call('/models', address, undefined, { Authorization: 'Bearer nonsense' });
    expect(await times(LIMIT + 1, guess)).toEqual(fiveAndOneRefused(401));
  });

  it('counts refresh tokens that are none by address', async () => {
    const headers = { 'X-Forwarded-For': newAddress() };
    const guess = () => new Client(parley.url).post('/auth/refresh', { refreshToken: 'rt_x' }, { headers });
    expect(await times(LIMIT + 1, guess)).toEqual(fiveAndOneRefused(401));
  });

  it('does not count a call of an account against its address', async () => {
    const [tokens, address] = [await guest(), newAddress()];
    await times(LIMIT, () => call('/models', address, tokens));
    expect((await call('/models', address)).status).toBe(401);
  });

  it.each(['//health', '//health/live', '//health/ready', '//docs', '//openapi.json', '//'])(
    'does not hold for %s',
    async (path) => {
      const address = newAddress();
      for (let n = 0; n < LIMIT * 2; n++) {
        const { status, headers } = await call(path, address);
        expect(status).toBe(200);
        expect(headers.get('ratelimit')).toBeNull();
      }
    },
  );
});

describe('Limits without a proxy to trust', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp({ RATE_LIMITS: 'on', LIMIT_GUEST: '2/1m' });
  });

  afterAll(() => parley.close());

  it("believe nobody's word about an address", async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 3; n++) {
      const headers = { 'X-Forwarded-For': newAddress() };
      statuses.push((await new Client(parley.url).post('/auth/guest', {}, { headers })).status);
    }
    expect(statuses).toEqual([201, 201, 429]);
  });
});

describe('Limits that are off', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp({ RATE_LIMITS: 'off', LIMIT_GUEST: '1/1m' });
  });

  afterAll(() => parley.close());

  it('refuse nothing, and say nothing', async () => {
    await Client.guest(parley.url);
    const { status, headers } = await new Client(parley.url).post('/auth/guest');
    expect(status).toBe(201);
    expect(headers.get('ratelimit')).toBeNull();
  });
});
