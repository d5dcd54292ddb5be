import { Controller, Get, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authenticated } from '../common/auth/access';
import { CurrentCaller, type Caller } from '../common/auth/caller';
import { ApiEventStream } from '../common/http/api-event-stream';
import { ApiProblems } from '../common/http/api-problems';
import { BodyDto, QueryDto } from '../common/http/declared';
import { IdParam } from '../common/http/id.pipe';
import { logReply } from '../common/logging';
import { rejoinOffset } from '../common/sse/last-event-id';
import { sendEvents } from '../common/sse/send-events';
import { Limited } from '../common/throttle/limits';
import { ApiIdempotencyKey, Keyed, type KeyedRequest } from '../idempotency/keyed-request';
import { markReplay } from '../idempotency/replay-header';
import {
  MessageCreatedEvent,
  MessageDeltaEvent,
  MessageEndedEvent,
  ReconnectEvent,
} from './message-events.dto';
import { toExchangeEvents, toMessageEvents } from './message-events.mapper';
import { RegenerateDto, RejoinQueryDto, SendMessageDto } from './message.dto';
import { MessagesService } from './messages.service';
import { REFUSED } from './send-problems';
import { TurnsService, type BegunTurn } from './turns.service';

/** Answers as event streams. Closing one stops nothing but itself. */
const REJOINED = {
  'message.delta': MessageDeltaEvent,
  'message.completed': MessageEndedEvent,
  'message.failed': MessageEndedEvent,
  'message.cancelled': MessageEndedEvent,
  reconnect: ReconnectEvent,
};
const SENT = { 'message.created': MessageCreatedEvent, ...REJOINED };

@Authenticated('chat')
@Controller('conversations/:id/messages')
export class MessageStreamsController {
  constructor(
    private readonly messages: MessagesService,
    private readonly turns: TurnsService,
  ) {}

  /** Asks a question and streams the answer. */
  @Post('stream')
  @HttpCode(200)
  @Limited('send', 'sendAddress')
  @ApiIdempotencyKey()
  @ApiEventStream(SENT)
  @ApiProblems(...REFUSED)
  async send(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @BodyDto() message: SendMessageDto,
    @Keyed() keyed: KeyedRequest | null,
    @Res() response: Response,
  ): Promise<void> {
    const turn = await this.turns.send({ caller, conversationId: id, keyed }, message);
    await this.answer(response, turn);
  }

  /** Asks for another reply to the same question, and streams it. */
  @Post(':replyId/regenerate/stream')
  @HttpCode(200)
  @Limited('send', 'sendAddress')
  @ApiIdempotencyKey()
  @ApiEventStream(SENT)
  @ApiProblems(...REFUSED)
  async regenerate(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @IdParam('replyId') replyId: string,
    @BodyDto() { model }: RegenerateDto,
    @Keyed() keyed: KeyedRequest | null,
    @Res() response: Response,
  ): Promise<void> {
    const turn = await this.turns.regenerate({ caller, conversationId: id, keyed }, replyId, model);
    await this.answer(response, turn);
  }

  /** Streams a reply, running or ended, from an offset on. */
  @Get(':replyId/stream')
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Where to go on; `after` wins',
    schema: { type: 'string', pattern: '^\\d{1,15}$' },
  })
  @ApiEventStream(REJOINED)
  @ApiProblems('validation_failed', 'not_found')
  async rejoin(
    @CurrentCaller() caller: Caller,
    @IdParam() id: string,
    @IdParam('replyId') replyId: string,
    @QueryDto() { after }: RejoinQueryDto,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const gone = new AbortController();
    const offset = rejoinOffset(after, lastEventId);
    const pieces = await this.messages.rejoin(caller, id, replyId, offset, gone.signal);
    await sendEvents(request, response, toMessageEvents(replyId, pieces), gone);
  }

  private async answer(response: Response, turn: BegunTurn): Promise<void> {
    markReplay(response, turn);
    logReply(response, turn.reply.id);
    const gone = new AbortController();
    const events = toExchangeEvents(turn, this.turns.read(turn, gone.signal));
    await sendEvents(response.req, response, events, gone);
  }
}
