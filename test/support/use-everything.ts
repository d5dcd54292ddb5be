import type { TicketResponse, TokensResponse } from '../../src/auth/auth.dto';
import type { CreatedApiKeyResponse } from '../../src/auth/api-keys/api-key.dto';
import type { SessionResponse } from '../../src/auth/sessions/session.dto';
import type { ConversationResponse } from '../../src/conversations/conversation.dto';
import type { ExchangeResponse } from '../../src/conversations/message.dto';
import type { QuestionResponse } from '../../src/questions/question.dto';
import { BROWSERS } from './browsers';
import type { CallOptions } from './client';
import { cookieOf } from './cookie-client';
import type { ObservedClient } from './observed-client';
import type { ScriptedModelServer } from './scripted-model-server';
import { SocketClient } from './socket-client';

/** Stands in everything that is said here and is nobody else's business. */
export const CANARY = 'canary';

/** Of the administrator that the process has to know already. */
export const ROOT = { username: 'root', password: `${CANARY} password of root` };

const ANA = { username: 'ana', password: `${CANARY} password` };
const NEW_PASSWORD = `${CANARY} other password`;
const WRONG = `${CANARY} wrong`;
const ENDLESS = `${CANARY} endless`;

/** Calls every operation of the contract, with success and without, as people and programs do and as they should not. */
export async function useEverything(anyone: ObservedClient, model: ScriptedModelServer): Promise<void> {
  model.answerAll((answer) => answer.whole(`${CANARY} answer`));
  model.answer(`${CANARY} refused`, (answer) => answer.refuse(500, `${CANARY} upstream`));
  model.answer(`${CANARY} garbage`, (answer) => answer.write(`data: {"${CANARY}\n\n`));
  model.answer(ENDLESS, (answer) => answer.hang());
  for (const path of ['//health', '//health/live', '//health/ready']) await anyone.get(path);
  const ana = await signIn(anyone);
  await comeBackByCookie(anyone);
  await useKeys(ana);
  await talk(ana);
  await talkOverSockets(ana);
  await talkAsOpenAi(ana);
  await talkNonsense(ana);
  await administer(anyone);
  await changeAccount(ana);
  await leave(ana);
}

async function signIn(anyone: ObservedClient): Promise<ObservedClient> {
  const guest = (await anyone.post<TokensResponse>('/auth/guest')).body;
  const registration = { ...ANA, displayName: `${CANARY} name` };
  await anyone.as(guest).post('/auth/register', registration);
  await anyone.post('/auth/register', registration); // taken
  await anyone.post('/auth/register', { ...ANA, username: `${CANARY}\u200B` }); // a hidden character
  await anyone.post('/auth/register', { ...ANA, username: ANA.password }); // its own name
  for (const username of [ANA.username, 'nobody', ANA.password])
    await anyone.post('/auth/login', { username, password: WRONG });
  const { body } = await anyone.post<TokensResponse>('/auth/login', ANA);
  const { refreshToken } = body;
  const again = (await anyone.post<TokensResponse>('/auth/refresh', { refreshToken })).body;
  await anyone.post('/auth/refresh', { refreshToken: `rt_${CANARY}` });
  await anyone.bearing(`${again.accessToken}${CANARY}`).get('/users/me');
  return anyone.as(again);
}

/** Wrong cookies and other people's pages and browsers first: the last one ends the session. */
async function comeBackByCookie(anyone: ObservedClient): Promise<void> {
  const signInAgain = async () => {
    const cookie = cookieOf(await anyone.post('/auth/login', { ...ANA, transport: 'cookie' }))!;
    return (more: Readonly<Record<string, string>> = {}): CallOptions => ({
      headers: { Origin: anyone.url, Cookie: `${cookie.name}=${cookie.value}`, ...more },
    });
  };
  const ours = await signInAgain();
  const refresh = (options: CallOptions) => anyone.post('/auth/refresh', undefined, options);
  await refresh(ours({ Cookie: `__Host-parley_refresh=rt_${CANARY}` }));
  await refresh(ours({ Origin: `https://${CANARY}.example.com` }));
  const { name, value } = cookieOf(await refresh(ours()))!;
  await anyone.post('/auth/logout', undefined, ours({ Cookie: `${name}=${value}` }));
  await refresh(ours());
  const copied = await signInAgain();
  await refresh(copied({ 'User-Agent': `${BROWSERS.firefoxOnWindows} ${CANARY}` }));
}

async function useKeys(ana: ObservedClient): Promise<void> {
  const wanted = { name: `${CANARY} key`, scopes: ['chat'] };
  const make = async () => (await ana.post<CreatedApiKeyResponse>('/auth/api-keys', wanted)).body;
  const { key } = await make();
  await ana.post('/auth/api-keys', { ...wanted, scopes: [CANARY] });
  await ana.get('/auth/api-keys');
  await ana.bearing(key).get('/conversations');
  await ana.bearing(key).get('/auth/sessions'); // beyond its scopes
  const mistyped = key.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  ana.seen.secrets.set(mistyped, 'wrong key');
  for (const wrong of [mistyped, `pk_${CANARY}`]) await ana.bearing(wrong).get('/conversations');
  const ended = await make();
  await ana.delete(`/auth/api-keys/${ended.id}`);
  await ana.bearing(ended.key).get('/conversations');
  await ana.post('/auth/ws-ticket');
}

async function talk(ana: ObservedClient): Promise<void> {
  const { id } = await ana.conversation({ title: `${CANARY} title`, systemPrompt: `${CANARY} system` });
  const path = `/conversations/${id}`;
  await ana.patch(path, { title: `${CANARY} other title`, metadata: { [CANARY]: CANARY } });
  for (const at of ['/models', '/conversations', path, `${path}/messages`]) await ana.get(at);
  const { reply } = await ana.send(id, `${CANARY} question`);
  await ana.message(id, reply.id);
  await ana.get(`${path}/messages/${reply.id}/context`);
  await (await ana.ask(id, `${CANARY} streamed`)).all();
  await (await ana.rejoin(id, reply.id, 3)).all();
  for (const content of [`${CANARY} refused`, `${CANARY} garbage`]) await ana.send(id, content);
  const later = { headers: { Prefer: 'respond-async' } };
  const endless = await ana.post<ExchangeResponse>(`${path}/messages`, { content: ENDLESS }, later);
  await ana.post(`${path}/messages/${endless.body.reply.id}/cancel`);
  await ana.post(`${path}/messages/${reply.id}/regenerate`);
  await (await ana.stream('POST', `${path}/messages/${reply.id}/regenerate/stream`)).all();
  await ana.get(`${path}/export`);
  await ana.get(`${path}/export?format=markdown`);
  await ana.delete(path);
  const asked = await ana.post<QuestionResponse>('/questions', { question: `${CANARY} asked alone` });
  for (const at of ['/questions', `/questions/${asked.body.id}`]) await ana.get(at);
  await ana.post('/questions', { question: `${CANARY} refused` });
  await ana.conversation({ title: `${CANARY} last title` });
  await ana.delete('/conversations');
}

/** By a token, by a ticket, and by what is neither. */
async function talkOverSockets(ana: ObservedClient): Promise<void> {
  const socket = await SocketClient.signedIn(ana);
  const { ticket } = (await ana.post<TicketResponse>('/auth/ws-ticket')).body;
  for (const auth of [
    { ticket },
    { ticket },
    { token: `pk_${CANARY}` },
    { token: `${ana.tokens!.accessToken}x` },
  ]) {
    const other = await SocketClient.open(ana.url, { headers: { 'X-Request-Id': 'known-socket' } });
    other.say({ type: 'auth', ...auth });
    await Promise.race([other.closed, other.frame(({ type }) => type === 'ready', 'ready')]);
    other.socket.close();
  }
  const send = { type: 'message.send', conversationId: null, content: `${CANARY} over a socket` };
  const [created] = await socket.all(socket.ask({ ...send, idempotencyKey: `${CANARY}-key` }));
  const place = { conversationId: created!.reply!.conversationId, messageId: created!.reply!.id };
  await socket.all(socket.ask({ type: 'message.resume', ...place, after: 0 }));
  await socket.refusal({ type: 'message.cancel', ...place });
  await socket.refusal({ ...send, model: `${CANARY}/none`, [CANARY]: CANARY });
  socket.say({ type: 'ping', requestId: CANARY });
  socket.socket.send(`{"${CANARY}`);
  await socket.frame(({ requestId, type }) => type === 'error' && requestId === null, 'a refusal');
  await socket.close();
  await ana.get(`/ws?token=${CANARY}`);
}

/** Streams and what is kept, what fails, and what is refused. */
async function talkAsOpenAi(ana: ObservedClient): Promise<void> {
  await ana.get('//v1/models');
  const ask = (content: unknown, more: object = {}, key = `${CANARY}-v1`) => {
    const messages = [
      { role: 'system', content: `${CANARY} system` },
      { role: 'user', content },
    ];
    const body = { model: 'custom/scripted', messages, stream: true, [CANARY]: CANARY, ...more };
    return ana.post('//v1/chat/completions', body, { headers: { 'Idempotency-Key': key } });
  };
  for (let n = 0; n < 2; n++) await ask(`${CANARY} kept`, { store: true });
  await ask(`${CANARY} other`, { store: true });
  await ask([{ type: 'image_url', image_url: { url: `data:image/png;base64,${CANARY}` } }]);
  for (const content of [`${CANARY} refused`, `${CANARY} garbage`]) await ask(content, { stream: false });
  await ask(`${CANARY} garbage`, { store: true }, `${CANARY}-garbage`);
  await ask(1, { model: CANARY, n: CANARY, tools: [{ [CANARY]: `${CANARY}\u0000` }] });
  await ask('Hi', { model: `${CANARY}/none` }, `${CANARY} key`);
  const headers = { 'Content-Type': 'application/json' };
  await ana.post('//v1/chat/completions', undefined, { raw: `{"${CANARY}`, headers });
  await ana.get(`//v1/none?token=${CANARY}`);
}

async function talkNonsense(ana: ObservedClient): Promise<void> {
  await ana.post<ConversationResponse>('/conversations', { [`${CANARY}Field`]: CANARY });
  const headers = { 'Content-Type': 'application/json', 'X-Request-Id': 'known-request' };
  await ana.post('/conversations', undefined, { raw: `{"${CANARY}`, headers });
  await ana.get(`/conversations?token=${CANARY}&access_token=${ana.tokens!.accessToken}`);
  await ana.get(`/conversations?cursor=${CANARY}`);
}

async function administer(anyone: ObservedClient): Promise<void> {
  const root = anyone.as((await anyone.post<TokensResponse>('/auth/login', ROOT)).body);
  const ben = { username: 'ben', password: `${CANARY} password of ben`, displayName: `${CANARY} ben` };
  const { user } = (await anyone.post<TokensResponse>('/auth/register', ben)).body;
  await root.get(`/users?q=${CANARY}`);
  await root.get(`/users/${user.id}`);
  await root.patch(`/users/${user.id}`, { disabled: true, quotaTokens: 5 });
  await anyone.post('/auth/login', { username: ben.username, password: ben.password });
  await root.delete(`/users/${user.id}/sessions`);
  await root.delete(`/users/${user.id}`);
  await root.get('/audit');
}

async function changeAccount(ana: ObservedClient): Promise<void> {
  const change = (currentPassword: string, newPassword: string) =>
    ana.call('PUT', '/users/me/password', { currentPassword, newPassword });
  await ana.get('/users/me');
  await ana.get('/users/me/usage');
  await ana.patch('/users/me', { displayName: `${CANARY} other name` });
  await ana.patch('/users/me', { defaultModel: `${CANARY}/none` });
  await change(WRONG, NEW_PASSWORD);
  await change(ANA.password, CANARY); // too short
  await change(ANA.password, NEW_PASSWORD);
  await ana.get('/users/me/export');
  await ana.post('/auth/login', { ...ANA, password: NEW_PASSWORD });
  const { body } = await ana.get<{ data: SessionResponse[] }>('/auth/sessions');
  await ana.delete(`/auth/sessions/${body.data.find(({ current }) => !current)!.id}`);
  await ana.delete('/auth/sessions');
}

async function leave(ana: ObservedClient): Promise<void> {
  const other = (await ana.post<TokensResponse>('/auth/login', { ...ANA, password: NEW_PASSWORD })).body;
  await ana.as(other).post('/auth/logout');
  await ana.call('DELETE', '/users/me', { password: WRONG });
  await ana.call('DELETE', '/users/me', { password: NEW_PASSWORD });
  await ana.get('/users/me');
}
