import { ApiProperty } from '@nestjs/swagger';
import { MessageResponse } from './message.dto';

export class MessageCreatedEvent {
  @ApiProperty({ enum: ['message.created'] })
  type!: 'message.created';
  /** The question. */
  message!: MessageResponse;
  reply!: MessageResponse;
}

export class MessageDeltaEvent {
  @ApiProperty({ enum: ['message.delta'] })
  type!: 'message.delta';
  /** The reply's. */
  messageId!: string;
  /** Never empty; never splits a surrogate pair. */
  delta!: string;
}

/** Always the last event. */
export class MessageEndedEvent {
  type!: 'message.completed' | 'message.failed' | 'message.cancelled';
  /** The reply as stored. */
  message!: MessageResponse;
}

/** This server can't go on with the stream; rejoin, nothing is lost. */
export class ReconnectEvent {
  @ApiProperty({ enum: ['reconnect'] })
  type!: 'reconnect';
  retryAfterMs!: number;
}
