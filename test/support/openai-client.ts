import OpenAI from 'openai';
import type { Client } from './client';
import { checkAnswer, checkEvent, findOperation } from './contract';

/** OpenAI's own client, as somebody who has only changed its address and key. Every answer is held to the published contract. */
export const openAiOf = (
  { url, tokens }: Client,
  options: Partial<ConstructorParameters<typeof OpenAI>[0]> = {},
) =>
  new OpenAI({
    baseURL: `${url}/v1`,
    apiKey: tokens?.accessToken ?? 'none',
    maxRetries: 0,
    fetch: checkedFetch,
    ...options,
  });

/** `fetch` for the clients of others; an answer that the contract does not know fails the call. */
export const checkedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const [method, path] = [init?.method ?? 'GET', new URL(response.url).pathname];
  const contentType = response.headers.get('content-type');
  const isStream = contentType?.startsWith('text/event-stream') === true;
  const body: unknown = isStream ? null : await response.clone().json();
  checkAnswer({ method, path, status: response.status, contentType, body });
  return isStream
    ? new Response(response.body!.pipeThrough(checkedEvents(method, path)), response)
    : response;
};

/** Lets a stream through as it is. */
function checkedEvents(method: string, path: string): TransformStream<Uint8Array, Uint8Array> {
  const operation = findOperation(method, path)!;
  const decoder = new TextDecoder();
  let rest = '';
  return new TransformStream({
    transform(bytes, controller) {
      const frames = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
      rest = frames.pop()!;
      for (const frame of frames) {
        if (frame === 'data: [DONE]' || frame.startsWith(':')) continue;
        if (!/^data: \{.*\}$/.test(frame)) throw new Error(`No event of OpenAI's: ${frame}`);
        checkEvent(operation, JSON.parse(frame.slice('data: '.length)));
      }
      controller.enqueue(bytes);
    },
  });
}
