import { DomainError } from '../common/errors/domain-error';
import { ChatModel, type ChatEvent, type ChatRequest, type Models } from './chat-model';
import { withTimeLimits, type TimeLimits } from './time-limits';

/** Sends every request to the provider of its model, and holds all of them to the same time limits. */
export class RoutedChatModel extends ChatModel {
  constructor(
    private readonly models: Models,
    private readonly providers: ReadonlyMap<string, ChatModel>,
    private readonly limits: TimeLimits,
  ) {
    super();
  }

  stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatEvent> {
    return withTimeLimits(
      (call) => this.providerOf(request.model).stream(request, call),
      this.limits,
      signal,
    );
  }

  private providerOf(id: string): ChatModel {
    const provider = this.providers.get(this.models.find(id)?.provider ?? '');
    if (!provider) throw new DomainError('unknown_model', 'There is no such model.');
    return provider;
  }
}
