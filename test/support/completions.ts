import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionCreateParams,
} from 'openai/resources/chat/completions';
import type { Client } from './client';
import { openAiOf } from './openai-client';
import { USAGE } from './scripted-answer';
import type { AnswerScript } from './scripted-model-server';

type Asked = Partial<ChatCompletionCreateParams> & { readonly key?: string; readonly signal?: AbortSignal };

/** What came of a call of chat completions, and the headers that we add to it. */
export interface Completed {
  readonly completion: ChatCompletion;
  readonly headers: Headers;
  readonly conversationId: string | null;
}

export interface Streamed {
  readonly headers: Headers;
  readonly conversationId: string | null;
  readonly chunks: AsyncIterable<ChatCompletionChunk>;
}

/** As a question alone, or with whatever else is to be in the request. */
const toParams = (asked: string | Asked) => {
  const { key, signal, ...more } =
    typeof asked === 'string' ? { messages: [{ role: 'user', content: asked }] } : asked;
  const headers = key === undefined ? {} : { 'Idempotency-Key': key };
  return { params: { model: 'custom/scripted', ...more } as never, options: { headers, signal } };
};

/** @throws openai.APIError */
export async function complete(client: Client, asked: string | Asked): Promise<Completed> {
  const { params, options } = toParams(asked);
  const call = openAiOf(client).chat.completions.create(params, options);
  const { data, response } = await call.withResponse();
  const { headers } = response;
  return {
    completion: data,
    headers,
    conversationId: headers.get('x-parley-conversation-id'),
  };
}

/** @throws openai.APIError – before the first chunk. */
export async function stream(client: Client, asked: Asked): Promise<Streamed> {
  const { completion, ...rest } = await complete(client, { ...asked, stream: true });
  return { ...rest, chunks: completion as unknown as AsyncIterable<ChatCompletionChunk> };
}

/** Of the provider, as an answer that is no stream. */
export const aCompletion = (message: object, finish_reason = 'stop', usage: object | null = USAGE) => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_700_000_000, model: 'scripted-1' },
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
  ...(usage && { usage }),
});

export const asking = (content: string) => [{ role: 'user' as const, content }];

export const textOf = ({ choices }: ChatCompletion): string => choices[0]!.message.content!;

export async function textOfAll(chunks: AsyncIterable<ChatCompletionChunk>): Promise<string> {
  let text = '';
  for await (const { choices } of chunks) text += choices[0]?.delta.content ?? '';
  return text;
}

/** Streamed or whole, as the call wants it. */
export const saying =
  (...texts: readonly string[]): AnswerScript =>
  (answer, { body }) =>
    body.stream ? answer.whole(...texts) : answer.json(aCompletion({ content: texts.join('') }));
