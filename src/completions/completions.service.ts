import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import { Models } from '../llm/chat-model';
import type { KeyedRequest } from '../idempotency/keyed-request';
import { CompletionCalls, type CallEnd, type Chunk } from './completion-calls';
import { toCompletionRequest, type CompletionBody, type CompletionRequest } from './completion-request';
import { toCompletion, toCompletionChunks } from './earlier-reply.mapper';
import { KeptCompletions, type EarlierReply } from './kept-completions.service';

export interface AskedCompletion {
  readonly caller: Caller;
  readonly body: CompletionBody;
  readonly keyed: KeyedRequest | null;
}

/** A completion on its way, or as a whole. */
export interface OpenedCompletion {
  readonly request: CompletionRequest;
  /** One completion, or its chunks, the first of which is there already. Leaving ends the call, unless it is kept. */
  readonly chunks: AsyncIterable<Chunk> | Iterable<Chunk>;
  /** Null: it is not kept. */
  readonly conversationId: string | null;
  /** The same request has had it before. */
  readonly replayed: boolean;
}

/** OpenAI's chat completions on our models. */
@Injectable()
export class CompletionsService {
  constructor(
    private readonly models: Models,
    private readonly calls: CompletionCalls,
    private readonly kept: KeptCompletions,
  ) {}

  /**
   * Asks a model, and resolves when it has begun to answer; with `store: true` what comes of it is kept.
   *
   * @throws DomainError `validation_failed`, `unknown_model`, `quota_exceeded`, `draining`, `model_failed`, `model_unavailable`,
   * `model_timeout`; and with a key `idempotency_key_reused`, `conflict`, `not_found`, `rate_limited`
   */
  async open({ caller, body, keyed }: AskedCompletion, gone: AbortSignal): Promise<OpenedCompletion> {
    const request = toCompletionRequest(body, this.models);
    if (request.store) return this.openKept(caller, request, keyed, gone);
    const call = { userId: caller.userId, request, gone, onEnd: () => Promise.resolve() };
    const chunks = await begun(await this.calls.begin(call));
    return { request, chunks, conversationId: null, replayed: false };
  }

  private async openKept(
    caller: Caller,
    request: CompletionRequest,
    keyed: KeyedRequest | null,
    gone: AbortSignal,
  ): Promise<OpenedCompletion> {
    const keeping = this.kept.toKeeping(caller, request, keyed);
    const onEnd = (end: CallEnd) => this.kept.keep(keeping, end);
    let running: AsyncGenerator<Chunk, void>;
    try {
      const earlier = await this.kept.earlier(keeping, gone);
      if (earlier) return toReplay(request, earlier);
      running = await this.calls.begin({ userId: caller.userId, request, gone: null, onEnd });
    } catch (error) {
      await this.kept.giveBack(keeping);
      throw error;
    }
    const conversationId = keeping.turns && keeping.place.conversationId;
    return { request, chunks: await begun(toTheEnd(running)), conversationId, replayed: false };
  }
}

const toReplay = (request: CompletionRequest, earlier: EarlierReply): OpenedCompletion => ({
  request,
  chunks: request.stream ? toCompletionChunks(earlier) : [toCompletion(earlier)],
  conversationId: earlier.message.conversationId,
  replayed: true,
});

/** Once the first is there: until then a failure is an answer of its own. */
async function begun(chunks: AsyncGenerator<Chunk, void>): Promise<AsyncGenerator<Chunk, void>> {
  const first = await chunks.next();
  return (async function* () {
    try {
      if (!first.done) yield first.value;
      yield* chunks;
    } finally {
      await chunks.return();
    }
  })();
}

/** Goes on without its reader where that leaves. */
async function* toTheEnd(chunks: AsyncGenerator<Chunk, void>): AsyncGenerator<Chunk, void> {
  let isLeft = false;
  try {
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      isLeft = true; // until the next one is asked for
      yield next.value;
      isLeft = false;
    }
  } finally {
    if (isLeft) void readOn(chunks);
  }
}

/** However it ends, its end is kept. */
async function readOn(chunks: AsyncGenerator<Chunk, void>): Promise<void> {
  try {
    while (!(await chunks.next()).done);
  } catch {
    return;
  }
}
