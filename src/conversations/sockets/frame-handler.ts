import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/auth/caller';
import { DomainError } from '../../common/errors/domain-error';
import { keyedRequestFor } from '../../idempotency/keyed-request';
import { toEndedEvent, toExchangeEvents, toMessageEvents, type MessageEvent } from '../message-events.mapper';
import { MessagesService } from '../messages.service';
import { TurnsService, type BegunTurn } from '../turns.service';
import type { Connection } from './connection';
import { checkFrame, readFrame, type Frame, type RawFrame } from './frame';
import { FrameLimits } from './frame-limits';
import { CancelFrameDto, PingFrameDto, RegenerateFrameDto, ResumeFrameDto, SendFrameDto } from './frames.dto';
import { sendReply } from './reply-sender';
import { SocketFailures } from './socket-failures';

type Events = AsyncIterable<MessageEvent>;

/** Takes the frames of a socket whose owner is known. A reply then runs beside the frames that follow. */
@Injectable()
export class FrameHandler {
  constructor(
    private readonly messages: MessagesService,
    private readonly turns: TurnsService,
    private readonly limits: FrameLimits,
    private readonly failures: SocketFailures,
  ) {}

  /** Never throws: what is refused is answered with `error`. */
  async take(raw: RawFrame, connection: Connection): Promise<void> {
    const { requestId, frame } = readFrame(raw);
    try {
      const { caller } = connection.signedIn!;
      const known = frame instanceof DomainError ? null : frame;
      if (known) refuseBeyondScope(caller, known);
      await this.limits.count(caller, connection.peer.address, known);
      if (frame instanceof DomainError) throw frame;
      await this.handle(frame, caller, connection);
    } catch (error) {
      await connection.send(this.failures.toFrame(error, requestId));
    }
  }

  private async handle({ type, body }: Frame, caller: Caller, connection: Connection): Promise<void> {
    switch (type) {
      case 'message.send':
        return this.send(await checkFrame(SendFrameDto, body), caller, connection);
      case 'message.regenerate':
        return this.regenerate(await checkFrame(RegenerateFrameDto, body), caller, connection);
      case 'message.resume':
        return this.resume(await checkFrame(ResumeFrameDto, body), caller, connection);
      case 'message.cancel':
        return this.cancel(await checkFrame(CancelFrameDto, body), caller, connection);
      case 'ping': {
        const { requestId } = await checkFrame(PingFrameDto, body);
        return connection.send({ type: 'pong', requestId });
      }
    }
  }

  private send(frame: SendFrameDto, caller: Caller, connection: Connection): Promise<void> {
    const { requestId, conversationId, content, parentId, model, idempotencyKey } = frame;
    const message = { content, parentId, model };
    const keyed = keyedRequestFor(idempotencyKey, `WS message.send ${conversationId}`, message);
    return this.follow(connection, requestId, async (gone) =>
      this.exchange(await this.turns.send({ caller, conversationId, keyed }, message), gone),
    );
  }

  private regenerate(frame: RegenerateFrameDto, caller: Caller, connection: Connection): Promise<void> {
    const { requestId, conversationId, messageId, model } = frame;
    return this.follow(connection, requestId, async (gone) =>
      this.exchange(
        await this.turns.regenerate({ caller, conversationId, keyed: null }, messageId, model),
        gone,
      ),
    );
  }

  private resume(frame: ResumeFrameDto, caller: Caller, connection: Connection): Promise<void> {
    const { requestId, conversationId, messageId, after } = frame;
    return this.follow(connection, requestId, async (gone) =>
      toMessageEvents(messageId, await this.messages.rejoin(caller, conversationId, messageId, after, gone)),
    );
  }

  private async cancel(frame: CancelFrameDto, caller: Caller, connection: Connection): Promise<void> {
    const { requestId, conversationId, messageId } = frame;
    const { id, data } = toEndedEvent(await this.messages.cancel(caller, conversationId, messageId));
    await connection.send({ ...data, requestId, id });
  }

  private exchange(turn: BegunTurn, gone: AbortSignal): Events {
    return toExchangeEvents(turn, this.turns.read(turn, gone));
  }

  /** Resolves when it is known what is to be followed; what comes of it is sent beside. */
  private async follow(
    connection: Connection,
    requestId: string,
    open: (gone: AbortSignal) => Promise<Events>,
  ): Promise<void> {
    const stream = connection.begin(requestId);
    try {
      const events = await open(stream.gone.signal);
      void sendReply(events, stream, connection, this.failures);
    } catch (error) {
      connection.finish(stream);
      throw error;
    }
  }
}

/** A key for reading follows what is there, and begins and ends nothing. */
function refuseBeyondScope({ scopes }: Caller, { type }: Frame): void {
  if (scopes === null || scopes.includes('chat')) return;
  if (type !== 'message.resume' && type !== 'ping')
    throw new DomainError('insufficient_scope', 'This API key does not cover this.');
}
