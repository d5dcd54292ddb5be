import { Injectable } from '@nestjs/common';
import { Models, type ChatRequest, type ChatTurn } from '../../llm/chat-model';
import { TurnRepository, type OpenedTurn } from './turn.repository';
import { estimateTokens } from './tokens';

/** What a model is given: the system prompt, the newest turns that fit, and the question. */
@Injectable()
export class ContextWindow {
  constructor(
    private readonly turns: TurnRepository,
    private readonly models: Models,
  ) {}

  async of({ question, reply, systemPrompt }: OpenedTurn): Promise<ChatRequest> {
    const model = reply.model!;
    const always: ChatTurn[] = [
      ...(systemPrompt ? [{ role: 'system' as const, content: systemPrompt }] : []),
      { role: 'user', content: question.content },
    ];
    const room = this.roomFor(model) - always.reduce((sum, { content }) => sum + estimateTokens(content), 0);
    const history = question.parentId && room > 0 ? await this.turns.history(question.parentId, room) : [];
    return { model, turns: [...always.slice(0, -1), ...history, ...always.slice(-1)] };
  }

  /** Tokens for everything but the answer. */
  private roomFor(modelId: string): number {
    const model = this.models.find(modelId);
    return model ? model.contextTokens - model.maxOutputTokens : 0;
  }
}
