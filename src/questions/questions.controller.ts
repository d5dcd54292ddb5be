import { Controller, Get, Headers, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse } from '@nestjs/swagger';
import type { Response } from 'express';
import { Authenticated } from '../common/auth/access';
import { CurrentCaller, type Caller } from '../common/auth/caller';
import { ApiPage } from '../common/http/api-page';
import { ApiProblems } from '../common/http/api-problems';
import { BodyDto, QueryDto } from '../common/http/declared';
import { IdParam } from '../common/http/id.pipe';
import { ApiPrefer, parsePrefer } from '../common/http/prefer';
import { logReply } from '../common/logging';
import { decodeCursor } from '../common/paging/cursor';
import { mapPage, type Page } from '../common/paging/page';
import { PageQueryDto } from '../common/paging/page-query.dto';
import { Limited } from '../common/throttle/limits';
import { hasEnded } from '../conversations/message.entity';
import { FAILED } from '../conversations/send-problems';
import { ApiIdempotencyKey, Keyed, type KeyedRequest } from '../idempotency/keyed-request';
import { markReplay } from '../idempotency/replay-header';
import { AskQuestionDto, QuestionResponse } from './question.dto';
import { toQuestionResponse } from './question.mapper';
import { QuestionsService } from './questions.service';

@Authenticated('chat')
@Controller('questions')
export class QuestionsController {
  constructor(private readonly questions: QuestionsService) {}

  /**
   * Asks one question and waits for its answer. Where that takes longer than the wait, 202: the answer is written on, and `Location`
   * names the question. A failed answer is a problem with `replyId`, the question's id; the question is kept.
   */
  @Post()
  @Limited('send', 'sendAddress')
  @ApiPrefer()
  @ApiIdempotencyKey()
  @ApiCreatedResponse({ type: QuestionResponse, description: 'The answer has ended: completed or cancelled' })
  @ApiAcceptedResponse({ type: QuestionResponse, description: 'The answer is still being written' })
  @ApiProblems('validation_failed', 'not_found', 'unknown_model', 'conflict', 'draining')
  @ApiProblems('idempotency_key_reused', ...FAILED)
  async ask(
    @CurrentCaller() caller: Caller,
    @BodyDto() wanted: AskQuestionDto,
    @Keyed() keyed: KeyedRequest | null,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuestionResponse> {
    const turn = await this.questions.ask(caller, wanted, keyed);
    markReplay(response, turn);
    logReply(response, turn.reply.id);
    const question = await this.questions.finish(turn, parsePrefer(prefer).waitMs);
    response.location(`/api/v1/questions/${question.id}`);
    response.status(hasEnded(question) ? 201 : 202);
    return toQuestionResponse(question);
  }

  /** The caller's questions, newest first. */
  @Get()
  @ApiPage(QuestionResponse)
  async list(
    @CurrentCaller() caller: Caller,
    @QueryDto() { limit = 20, cursor }: PageQueryDto,
  ): Promise<Page<QuestionResponse>> {
    const after = cursor === undefined ? null : decodeCursor(cursor, 'time');
    return mapPage(await this.questions.list(caller, { limit, after }), toQuestionResponse);
  }

  /** One question, with its answer once there is one. */
  @Get(':id')
  @ApiProblems('not_found')
  async get(@CurrentCaller() caller: Caller, @IdParam() id: string): Promise<QuestionResponse> {
    return toQuestionResponse(await this.questions.get(caller, id));
  }
}
