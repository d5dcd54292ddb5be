import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors/domain-error';
import { ChatModel } from '../llm/chat-model';
import type { Reservation, SpentTokens } from '../usage/tokens';
import { UsageService } from '../usage/usage.service';
import type { CompletionRequest } from './completion-request';
import { LateWork } from './late-work';
import { estimatePrompt } from './prompt-tokens';
import { RunningCalls } from './running-calls';
import { Said } from './said';

/** One of the provider's own JSON objects. */
export type Chunk = Readonly<Record<string, unknown>>;

/** How a call has ended. */
export interface CallEnd {
  readonly said: Said;
  /** As far as anybody knows: the provider's count, or ours. Null: nothing. */
  readonly spent: SpentTokens | null;
  /** Null: well. */
  readonly error: unknown;
}

export interface CompletionCall {
  readonly userId: string;
  readonly request: CompletionRequest;
  /** Ends the call at the provider. Null: it goes on to its end, whoever is there to read. */
  readonly gone: AbortSignal | null;
  /** What is done with the end, before the last chunk is given out as such; it is called once. */
  readonly onEnd: (end: CallEnd) => Promise<void>;
}

/** Calls of providers that are handed on as they are: counted once each, however they end. */
@Injectable()
export class CompletionCalls {
  constructor(
    private readonly model: ChatModel,
    private readonly usage: UsageService,
    private readonly running: RunningCalls,
    private readonly lateWork: LateWork,
  ) {}

  /**
   * Sets tokens aside and gives what the provider says, as it says it. The call begins when the first chunk is asked for, and is over
   * when the sequence is: read to its end, thrown, or left.
   *
   * @throws DomainError `quota_exceeded`, `draining` – at once; and later what `ChatModel` throws.
   */
  async begin(call: CompletionCall): Promise<AsyncGenerator<Chunk, void>> {
    const { userId, request } = call;
    if (this.running.isDraining) throw new DomainError('draining', 'This server is going away. Try again.');
    const promptTokens = estimatePrompt(request.messages, request.body);
    const completionTokens = request.maxTokens ?? request.model.maxOutputTokens;
    const reservation = await this.usage.reserve(userId, {
      model: request.model.id,
      promptTokens,
      completionTokens,
    });
    return this.run(call, reservation, promptTokens);
  }

  private async *run(
    call: CompletionCall,
    reservation: Reservation,
    promptTokens: number,
  ): AsyncGenerator<Chunk, void> {
    const { request, gone, onEnd } = call;
    const said = new Said(request.model.id);
    const { signal: stop, over } = this.running.add();
    const signal = gone ? AbortSignal.any([gone, stop]) : stop;
    const provider = { isAsked: false };
    let error: unknown = LEFT; // until the provider has ended it: whoever leaves in between does
    try {
      for await (const chunk of this.model.passThrough(
        { model: request.model.id, body: request.body, onSent: () => (provider.isAsked = true) },
        signal,
      )) {
        said.read(chunk);
        yield chunk.data;
      }
      error = null;
    } catch (thrown) {
      error = thrown;
      throw thrown;
    } finally {
      // Whoever breaks a call off can't know how far its provider has come; nor can we of an answer that comes all at once.
      const isBrokenOff = signal.aborted || (!request.stream && isTimeout(error));
      const spent = said.spent(promptTokens, provider.isAsked && isBrokenOff);
      await onEnd({ said, spent, error })
        .finally(() => this.settle(reservation, spent))
        .finally(over);
    }
  }

  private settle(reservation: Reservation, spent: SpentTokens | null): Promise<void> {
    return this.lateWork.do(() => this.usage.settle(reservation, spent), 'a call could not be counted');
  }
}

const isTimeout = (error: unknown): boolean => error instanceof DomainError && error.code === 'model_timeout';

const LEFT = new Error('The reader went away.');
