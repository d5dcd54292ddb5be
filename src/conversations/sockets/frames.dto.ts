import { Equals, IsInt, IsUUID, Matches, Min, ValidateIf } from 'class-validator';
import { Transform } from 'class-transformer';
import { MayBeAbsent, Text } from '../../common/validation/text';
import { KEY_FORM } from '../../idempotency/keyed-request';
import { RegenerateDto, SendMessageDto } from '../message.dto';

/** An id in lower case, as ours are: they are looked up by it. */
const Id = (): PropertyDecorator => (target, property) => {
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))(
    target,
    property,
  );
  IsUUID()(target, property);
};

const RequestId = () => Text({ min: 1, max: 128 });

/** The first frame: a token or a ticket, one of the two. */
export class AuthFrameDto {
  @Equals('auth')
  type!: string;

  /** An access token or an API key. */
  @MayBeAbsent()
  @Text({ min: 1, max: 4_096 })
  token?: string;

  @MayBeAbsent()
  @Text({ min: 1, max: 4_096 })
  ticket?: string;
}

export class SendFrameDto extends SendMessageDto {
  @Equals('message.send')
  type!: string;

  @RequestId()
  requestId!: string;

  /** Null: in a new conversation. */
  @ValidateIf((_, value) => value !== null)
  @Id()
  conversationId!: string | null;

  @MayBeAbsent()
  @Matches(KEY_FORM, { message: 'must be 1 to 255 visible ASCII characters' })
  idempotencyKey?: string;
}

export class RegenerateFrameDto extends RegenerateDto {
  @Equals('message.regenerate')
  type!: string;

  @RequestId()
  requestId!: string;

  @Id()
  conversationId!: string;

  @Id()
  messageId!: string;
}

export class ResumeFrameDto {
  @Equals('message.resume')
  type!: string;

  @RequestId()
  requestId!: string;

  @Id()
  conversationId!: string;

  @Id()
  messageId!: string;

  /** UTF-16 units of the text that is already there. */
  @IsInt()
  @Min(0)
  after!: number;
}

export class CancelFrameDto {
  @Equals('message.cancel')
  type!: string;

  @RequestId()
  requestId!: string;

  @Id()
  conversationId!: string;

  @Id()
  messageId!: string;
}

export class PingFrameDto {
  @Equals('ping')
  type!: string;

  @MayBeAbsent()
  @RequestId()
  requestId?: string;
}
