import type { TokensResponse } from '../../src/auth/auth.dto';
import { Client } from '../support/client';
import { cloneDatabase, type TestDatabase } from '../support/database';
import { ParleyProcess } from '../support/parley-process';
import { ScriptedModelServer } from '../support/scripted-model-server';
import { waitUntil } from '../support/wait-until';

/** Stands in every secret and every text of this file. */
const CANARY = 'canary';

describe('The log of a busy process, at its loudest', () => {
  let database: TestDatabase;
  let model: ScriptedModelServer;
  let parley: ParleyProcess;
  let tokens: TokensResponse;

  beforeAll(async () => {
    database = await cloneDatabase();
    model = await ScriptedModelServer.start();
    model.answerAll((answer) => answer.whole(`${CANARY} answer`));
    model.answer(`${CANARY} refused`, (answer) => answer.refuse(500, `${CANARY} upstream`));
    model.answer(`${CANARY} garbage`, (answer) => answer.write(`data: {"${CANARY}\n\n`));
    parley = await ParleyProcess.start({
      DATABASE_URL: database.url,
      JWT_SECRET: `${CANARY} secret of more than thirty-two characters`,
      LLM_BASE_URL: model.url,
      LLM_API_KEY: `sk-${CANARY}`,
      LLM_MODELS: 'scripted',
      LOG_LEVEL: 'trace',
      LOG_JSON: 'true',
    });
    tokens = await useEverything(parley.url);
    parley.signal('SIGTERM');
    await parley.ended;
  });

  afterAll(async () => {
    await parley.kill();
    await model.close();
    await database.drop();
  });

  it('has a line for every request, with the id that its answer carried', () => {
    const lines = requestLines(parley.output);
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

  it('has no password, token, key, message text or query string in it', () => {
    expect(parley.output.toLowerCase()).not.toContain(CANARY);
    for (const secret of [tokens.accessToken, tokens.refreshToken!])
      expect(parley.output).not.toContain(secret);
  });
});

async function useEverything(url: string): Promise<TokensResponse> {
  const password = `${CANARY} password`;
  const ana = await Client.member(url, 'ana', password);
  await ana.post('/auth/login', { username: 'ana', password: `${CANARY} wrong` });
  const { body } = await ana.post<TokensResponse>('/auth/login', { username: 'ana', password });
  const again = (await ana.post<TokensResponse>('/auth/refresh', { refreshToken: body.refreshToken })).body;
  const signedIn = new Client(url, again);
  const { id } = await signedIn.conversation({ title: `${CANARY} title`, systemPrompt: `${CANARY} system` });
  await signedIn.send(id, `${CANARY} question`);
  await signedIn.send(id, `${CANARY} refused`);
  await signedIn.send(id, `${CANARY} garbage`);
  await signedIn.post('/conversations', { [`${CANARY}Field`]: CANARY });
  const headers = { 'Content-Type': 'application/json', 'X-Request-Id': 'known-request' };
  await signedIn.post('/conversations', undefined, { raw: `{"${CANARY}`, headers });
  await signedIn.get(`/conversations?token=${CANARY}&access_token=${again.accessToken}`);
  await signedIn.post('/auth/refresh', { refreshToken: `rt_${CANARY}` });
  await new Client(url, { ...again, accessToken: `${again.accessToken}${CANARY}` }).get('/users/me');
  await waitUntil(async () => (await signedIn.get('/users/me')).status === 200, 'still serving');
  return again;
}

function requestLines(output: string): { msg: string; requestId?: string }[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as { msg: string; requestId?: string });
}
