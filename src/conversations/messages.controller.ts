import { Controller, Get, Headers, HttpCode, Post, Res } from '@nestjs/common';
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
import { mapPage, type Page } from '../common/paging/page';
import { pageById } from '../common/paging/page-query.dto';
import { Limited } from '../common/throttle/limits';
import { ApiIdempotencyKey, Keyed, type KeyedRequest } from '../idempotency/keyed-request';
import { markReplay } from '../idempotency/replay-header';
import {
  ExchangeResponse,
  MessageQueryDto,
  MessageResponse,
  RegenerateDto,
  SendMessageDto,
} from './message.dto';
import { hasEnded } from './message.entity';
import { toExchangeResponse, toMessageResponse } from './message.mapper';
import { MessagesService } from './messages.service';
import { ReplyContextResponse } from './reply-context.dto';
import { toReplyContextResponse } from './reply-context.mapper';
import { FAILED, REFUSED } from './send-problems';
import { TurnsService, type BegunTurn } from './turns.service';

@Authenticated('chat')
@Controller('conversations/:id/messages')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly turns: TurnsService,
  ) {}

  /** One branch of a conversation, newest first. */
  @Get()
  @ApiProblems('not_found')
  @ApiPage(MessageResponse)
  async list(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @QueryDto() { leafId, limit = 50, cursor }: MessageQueryDto,
  ): Promise<Page<MessageResponse>> {
    const page = pageById({ limit, cursor });
    return mapPage(await this.messages.page(caller, id, leafId, page), toMessageResponse);
  }

  /**
   * Asks a question and waits for the answer. Where it takes longer than the wait, 202: the reply goes on, and `Location`
   * names it. A failed reply is answered as a problem with its ids; the question is kept.
   */
  @Post()
  @Limited('send', 'sendAddress')
  @ApiPrefer()
  @ApiIdempotencyKey()
  @ApiCreatedResponse({ type: ExchangeResponse, description: 'The reply has ended: completed or cancelled' })
  @ApiAcceptedResponse({ type: ExchangeResponse, description: 'The reply is still being written' })
  @ApiProblems(...REFUSED, ...FAILED)
  async send(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @BodyDto() message: SendMessageDto,
    @Keyed() keyed: KeyedRequest | null,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExchangeResponse> {
    const turn = await this.turns.send({ caller, conversationId: id, keyed }, message);
    return this.answer(response, turn, prefer);
  }

  /** Asks for another reply to the same question. It becomes a sibling of the former one, and the active branch. */
  @Post(':replyId/regenerate')
  @Limited('send', 'sendAddress')
  @ApiPrefer()
  @ApiIdempotencyKey()
  @ApiCreatedResponse({ type: ExchangeResponse, description: 'The reply has ended: completed or cancelled' })
  @ApiAcceptedResponse({ type: ExchangeResponse, description: 'The reply is still being written' })
  @ApiProblems(...REFUSED, ...FAILED)
  async regenerate(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @IdParam('replyId') replyId: string,
    @BodyDto() { model }: RegenerateDto,
    @Keyed() keyed: KeyedRequest | null,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExchangeResponse> {
    const turn = await this.turns.regenerate({ caller, conversationId: id, keyed }, replyId, model);
    return this.answer(response, turn, prefer);
  }

  /** One message; of a running reply the text so far. */
  @Get(':messageId')
  @ApiProblems('not_found')
  async get(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @IdParam('messageId') messageId: string,
  ): Promise<MessageResponse> {
    return toMessageResponse(await this.messages.get(caller, id, messageId));
  }

  /** What the model was given for a reply, and what no longer fitted. */
  @Get(':messageId/context')
  @ApiProblems('not_found')
  async context(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @IdParam('messageId') messageId: string,
  ): Promise<ReplyContextResponse> {
    return toReplyContextResponse(await this.messages.context(caller, id, messageId));
  }

  /** Stops a reply. The text so far is kept. */
  @Post(':replyId/cancel')
  @HttpCode(200)
  @ApiProblems('not_found', 'not_cancellable')
  async cancel(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @IdParam('replyId') replyId: string,
  ): Promise<MessageResponse> {
    return toMessageResponse(await this.messages.cancel(caller, id, replyId));
  }

  private async answer(
    response: Response,
    turn: BegunTurn,
    prefer: string | undefined,
  ): Promise<ExchangeResponse> {
    markReplay(response, turn);
    logReply(response, turn.reply.id);
    const exchange = await this.turns.finish(turn, parsePrefer(prefer).waitMs);
    const { id, conversationId } = exchange.reply;
    response.location(`/api/v1/conversations/${conversationId}/messages/${id}`);
    response.status(hasEnded(exchange.reply) ? 201 : 202);
    return toExchangeResponse(exchange);
  }
}
