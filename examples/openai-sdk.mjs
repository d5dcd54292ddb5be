// OpenAI's own client against Parley: only `baseURL` and `apiKey` differ.
import OpenAI from 'openai';

const PARLEY_URL = process.env.PARLEY_URL ?? 'http://localhost:3000';

// A program of yours has an API key (`pk_…`) instead: `POST /api/v1/auth/api-keys` or `npm run cli -- keys:create`.
const guest = await fetch(`${PARLEY_URL}/api/v1/auth/guest`, { method: 'POST' });
const { accessToken } = await guest.json();

const openai = new OpenAI({ baseURL: `${PARLEY_URL}/v1`, apiKey: accessToken });

const { data: models } = await openai.models.list();
const model = models[0].id;
console.log(`Models: ${models.map(({ id }) => id).join(', ')}`);

// `store: true` keeps the exchange as a conversation, which the header names. Without it nothing is kept.
const messages = [{ role: 'user', content: 'What is Oslo like in winter?' }];
const { data: chunks, response } = await openai.chat.completions
  .create({ model, messages, stream: true, store: true })
  .withResponse();
for await (const { choices } of chunks) process.stdout.write(choices[0]?.delta.content ?? '');
console.log(`\nKept as conversation ${response.headers.get('x-parley-conversation-id')}`);
