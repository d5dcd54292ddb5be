import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/auth/caller';
import { notFound } from '../common/errors/domain-error';
import type { Page, PageRequest } from '../common/paging/page';
import { TurnsService, type BegunTurn } from '../conversations/turns.service';
import type { KeyedRequest } from '../idempotency/keyed-request';
import type { Question } from './question';
import { toQuestion } from './question.mapper';
import { QuestionRepository } from './question.repository';

export interface NewQuestion {
  /** Trimmed. */
  readonly question: string;
  readonly model?: string;
}

/** One question, one answer. Each has a conversation of its own, which no list of conversations shows. */
@Injectable()
export class QuestionsService {
  constructor(
    private readonly turns: TurnsService,
    private readonly questions: QuestionRepository,
  ) {}

  /** Stores a question with its pending reply and has the reply written. @throws DomainError as `TurnsService.send` */
  ask(caller: Caller, { question, model }: NewQuestion, keyed: KeyedRequest | null): Promise<BegunTurn> {
    return this.turns.send(
      { caller, conversationId: null, kind: 'question', keyed },
      { content: question, model },
    );
  }

  /** Waits for the answer, as `TurnsService.finish`. */
  async finish(turn: BegunTurn, waitMs: number | null): Promise<Question> {
    return toQuestion(await this.turns.finish(turn, waitMs));
  }

  /** @throws DomainError `not_found` – absent, or not the caller's. */
  async get({ userId }: Caller, id: string): Promise<Question> {
    const question = await this.questions.findOwned(userId, id);
    if (!question) throw notFound('question');
    return question;
  }

  /** Newest first. */
  list({ userId }: Caller, page: PageRequest<{ id: string; at: Date }>): Promise<Page<Question>> {
    return this.questions.pageOwned(userId, page);
  }
}
