import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Observations, ObservedClient } from '../support/observed-client';
import { Replicas } from '../support/replicas';
import { nameOf, ROUTES } from '../support/routes';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { CANARY, ROOT, useEverything } from '../support/use-everything';

const LOGGING = join(__dirname, '..', '..', 'deploy', 'logging');

describe('The log of a busy process, at its loudest', () => {
  const seen = new Observations();
  let replicas: Replicas;
  let model: ScriptedModelServer;
  let output: string;

  beforeAll(async () => {
    model = await ScriptedModelServer.start();
    replicas = await Replicas.start(1, {
      env: {
        JWT_SECRET: `${CANARY} secret of more than thirty-two characters`,
        ADMIN_USERNAME: ROOT.username,
        ADMIN_PASSWORD: ROOT.password,
        LLM_BASE_URL: model.url,
        LLM_API_KEY: `sk-${CANARY}`,
        LLM_MODELS: 'scripted',
        LOG_LEVEL: 'trace',
        LOG_JSON: 'true',
      },
    });
    const parley = replicas.all[0]!;
    await useEverything(new ObservedClient(parley.url, seen, null, `${CANARY}-browser/1.0`), model);
    await fetch(`${parley.url}/errors/500`);
    parley.signal('SIGTERM');
    await parley.ended;
    ({ output } = parley);
  });

  afterAll(async () => {
    await replicas.close();
    await model.close();
  });

  it('has a line for every request, with the id that its answer carried', () => {
    const lines = requestLines(output);
    expect(lines.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining([
        'POST /api/v1/auth/register 201',
        'POST /api/v1/auth/login 401',
        'POST /api/v1/conversations 400',
        expect.stringMatching(/^POST \/api\/v1\/conversations\/[\w-]+\/messages 50[23]$/),
      ]),
    );
    expect(lines.map(({ requestId }) => requestId)).toContain('known-request');
  });

  it('has a line for the beginning and the end of every socket, with the id that its handshake carried', () => {
    const lines = requestLines(output).filter(({ requestId }) => requestId === 'known-socket');
    const [opened, closed] = ['socket opened', 'socket closed'].map((text) =>
      lines.filter(({ msg }) => msg === text),
    );
    expect([opened!.length, closed!.length]).toEqual([4, 4]);
  });

  it('does not call it an error when somebody looks at what one looks like', () => {
    const [line, ...others] = requestLines(output).filter(({ msg }) => msg === 'GET /errors/500 500');
    expect(others).toEqual([]);
    expect(line!.level).toBe('info');
    const ofRequest = requestLines(output).filter(({ requestId }) => requestId === line!.requestId);
    expect(ofRequest).toEqual([line]);
  });

  it('is looked through after a run in which every operation of the contract has done its work', () => {
    expect(ROUTES.map(nameOf).filter((name) => !seen.operations.has(name))).toEqual([]);
  });

  it('has no password, name typed wrong, message text, title, browser or query string in it', () => {
    expect(linesWith(CANARY)).toEqual([]);
  });

  it.each(['accessToken', 'refreshToken', 'Set-Cookie', 'key', 'ticket', 'wrong key'])(
    'has none of the secrets in it that went over the wire as %s',
    (kind) => {
      const secrets = [...seen.secrets].filter(([, member]) => member === kind);
      expect(secrets).not.toEqual([]);
      expect(secrets.flatMap(([secret]) => linesWith(secret))).toEqual([]);
    },
  );

  it.each(readdirSync(LOGGING))('has what deploy/logging/%s looks for', (name) => {
    const config = readFileSync(join(LOGGING, name), 'utf8');
    expect(() => parse(config) as unknown).not.toThrow();
    const wanted = [...config.matchAll(/\$([a-z]\w*)/gi)].map(([, member]) => member!);
    const known = new Set(requestLines(output).flatMap((line) => Object.keys(line)));
    for (const member of wanted) expect(known).toContain(member);
  });

  it('says when and how grave in a form that every collector knows', () => {
    for (const { level, time } of requestLines(output)) {
      expect(time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
      expect(level).toMatch(/^(trace|debug|info|warn|error|fatal)$/);
    }
  });

  const linesWith = (text: string): string[] =>
    output.split('\n').filter((line) => line.toLowerCase().includes(text.toLowerCase()));
});

interface Line {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
  readonly requestId?: string;
}

function requestLines(output: string): Line[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Line);
}
