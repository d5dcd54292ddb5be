import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './contract';
import type { Place } from './follow-reply';
import { Problem } from './problem';
import type { Session } from './session';

export type Api = Client<paths>;

/** What of a send or a regeneration goes to the server. */
export type Wish =
  | { readonly content: string; readonly parentId?: string | null; readonly model?: string }
  | { readonly replyId: string; readonly model?: string };

/** Calls of the contract, with the session's token. */
export const createApi = (origin: string, session: Session): Api =>
  createClient<paths>({
    baseUrl: origin || location.origin,
    fetch: (request) => session.send(request),
  });

/** The body of a good answer. @throws Problem – it is not good, or there is none. */
export async function bodyOf<Body>(
  answer: Promise<{ data?: Body; error?: unknown; response: Response }>,
): Promise<NonNullable<Body>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw await Problem.of(response, error);
  return data as NonNullable<Body>;
}

export const exportPath = (id: string, format: 'json' | 'markdown'): string =>
  `/api/v1/conversations/${id}/export?format=${format}`;

/** Streams of replies, which the generated client has no word for. @throws Problem, each */
export class ReplyStreams {
  constructor(
    private readonly origin: string,
    private readonly session: Session,
  ) {}

  /** `key`: as often as it is sent, it is done once. */
  ask(conversationId: string, wish: Wish, key: string, signal: AbortSignal): Promise<Response> {
    const [path, body] =
      'replyId' in wish
        ? [`${wish.replyId}/regenerate/stream`, { model: wish.model }]
        : ['stream', { content: wish.content, parentId: wish.parentId, model: wish.model }];
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
    return this.open(conversationId, path, { method: 'POST', headers, body: JSON.stringify(body), signal });
  }

  rejoin(conversationId: string, { replyId, after }: Place, signal: AbortSignal): Promise<Response> {
    return this.open(conversationId, `${replyId}/stream?after=${after}`, { signal });
  }

  private async open(conversationId: string, path: string, init: RequestInit): Promise<Response> {
    const url = `${this.origin}/api/v1/conversations/${conversationId}/messages/${path}`;
    const response = await this.session.send(new Request(url, init));
    if (!response.ok) throw await Problem.of(response);
    return response;
  }
}
