import { createRequire } from 'node:module';
import sockets from '../../docs/asyncapi.json';
import contract from '../../docs/openapi.json';
import type { ModelsResponse } from '../../src/llm/model.dto';
import { Client } from '../support/client';
import { startApp, type RunningApp } from '../support/running-app';

describe('The contract', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp();
  });

  afterAll(() => parley.close());

  const fetchPath = (path: string) => fetch(parley.url + path);

  it('is served as it is kept', async () => {
    const response = await fetchPath('/openapi.json');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual(contract);
  });

  it('has another document for the WebSocket', async () => {
    expect(await (await fetchPath('/asyncapi.json')).json()).toEqual(sockets);
  });

  it('is the same document as YAML', async () => {
    const { load } = createRequire(require.resolve('@nestjs/swagger'))('js-yaml') as {
      load: (yaml: string) => unknown;
    };
    expect(load(await (await fetchPath('/openapi.yaml')).text())).toEqual(contract);
  });

  it('can be read in a browser, whose scripts are all our own', async () => {
    const response = await fetchPath('/docs');
    const page = await response.text();
    const csp = response.headers.get('content-security-policy');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(csp).toMatch(/default-src 'self'/);
    expect(csp).not.toMatch(/script-src|unsafe-eval/);
    const scripts = [...page.matchAll(/<script\b([^>]*)>([^<]*)</g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes, code] of scripts) {
      expect(code!.trim()).toBe('');
      const { pathname } = new URL(/ src="([^"]+)"/.exec(attributes!)![1]!, `${parley.url}/docs`);
      expect((await fetchPath(pathname)).status).toBe(200);
    }
    expect(page).not.toMatch(/ on\w+="/);
  });
});

describe('The models', () => {
  it('are the demo alone where nothing is configured', async () => {
    const parley = await startApp();
    const { body } = await (await Client.guest(parley.url)).get<ModelsResponse>('/models');
    expect(body.data.map(({ id, provider, available }) => ({ id, provider, available }))).toEqual([
      { id: 'demo/demo', provider: 'demo', available: true },
    ]);
    expect(body.default).toBe('demo/demo');
    await parley.close();
  });

  it('are those of the provider, the default among them', async () => {
    const provider = { LLM_BASE_URL: 'http://127.0.0.1:9/v1', LLM_MODELS: 'small,meta/big' };
    const parley = await startApp({ ...provider, LLM_DEFAULT_MODEL: 'custom/meta/big' });
    const { body } = await (await Client.guest(parley.url)).get<ModelsResponse>('/models');
    expect(body.data.map(({ id }) => id)).toEqual(['custom/small', 'custom/meta/big']);
    expect(body.default).toBe('custom/meta/big');
    await parley.close();
  });
});
