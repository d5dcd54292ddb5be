import {
  IsBoolean,
  IsIn,
  IsUUID,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { PageQueryDto } from '../common/paging/page-query.dto';
import { TrueOrFalse } from '../common/validation/query';
import { MayBeAbsent, MayBeNull, Text, Trim } from '../common/validation/text';

const METADATA = { entries: 16, keyLength: 64, valueLength: 512 };

@ValidatorConstraint({ name: 'metadata' })
class MetadataEntries implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const entries = Object.entries(value as Record<string, unknown>);
    const fits = ([key, text]: [string, unknown]) =>
      key.length <= METADATA.keyLength && typeof text === 'string' && text.length <= METADATA.valueLength;
    return entries.length <= METADATA.entries && entries.every(fits);
  }

  defaultMessage = (): string =>
    `must be at most ${METADATA.entries} texts of up to ${METADATA.valueLength} characters, by names of up to ${METADATA.keyLength}`;
}

const ApiMetadata = () =>
  ApiProperty({
    type: 'object',
    maxProperties: METADATA.entries,
    additionalProperties: { type: 'string', maxLength: METADATA.valueLength },
  });

export class CreateConversationDto {
  /** Heading in lists. */
  @MayBeAbsent()
  @Text({ min: 1, max: 200 })
  title?: string;

  /** `provider/model` for replies that name none themselves. */
  @MayBeAbsent()
  @Text({ min: 1, max: 200 })
  model?: string;

  /** Given to the model before everything else. */
  @MayBeAbsent()
  @Text({ max: 8000 })
  systemPrompt?: string;

  /** Up to 16 texts of your own, by names of up to 64 characters; not one that every object has, such as `constructor`. */
  @MayBeAbsent()
  @Validate(MetadataEntries)
  @ApiMetadata()
  metadata?: Record<string, string>;
}

export class ChangeConversationDto {
  /** Null: no heading. */
  @MayBeNull()
  @Text({ min: 1, max: 200 })
  title?: string | null;

  /** Null: the default. */
  @MayBeNull()
  @Text({ min: 1, max: 200 })
  model?: string | null;

  /** Null: none. */
  @MayBeNull()
  @Text({ max: 8000 })
  systemPrompt?: string | null;

  @MayBeAbsent()
  @IsBoolean()
  pinned?: boolean;

  @MayBeAbsent()
  @IsBoolean()
  archived?: boolean;

  /** Replaces what was there. Names and texts as in a new conversation. */
  @MayBeAbsent()
  @Validate(MetadataEntries)
  @ApiMetadata()
  metadata?: Record<string, string>;

  /** Any message of the branch to go on with. Null: the next question starts a new branch. */
  @MayBeNull()
  @IsUUID()
  activeLeafId?: string | null;
}

export class ConversationQueryDto extends PageQueryDto {
  /** The archived ones instead of the others. */
  @MayBeAbsent()
  @TrueOrFalse()
  @IsBoolean()
  archived?: boolean;

  /** Only the pinned ones, or only the others. */
  @MayBeAbsent()
  @TrueOrFalse()
  @IsBoolean()
  pinned?: boolean;

  /** Words of a title or of messages; the last one may be the beginning of a word. Rows then have `snippet`. */
  @MayBeAbsent()
  @Trim()
  @Text({ min: 1, max: 200 })
  q?: string;
}

export class ExportQueryDto {
  /** `json`: the conversation and the messages of all branches. `markdown`: the active branch, to read. Absent: `json`. */
  @MayBeAbsent()
  @ApiProperty({ enum: ['json', 'markdown'] })
  @IsIn(['json', 'markdown'])
  format?: 'json' | 'markdown';
}

export class ConversationResponse {
  /** UUIDv7; stable for the life of the conversation. */
  id!: string;
  title!: string | null;
  /** `provider/model`. Null: the default. */
  model!: string | null;
  systemPrompt!: string | null;
  pinned!: boolean;
  archived!: boolean;
  @ApiMetadata()
  metadata!: Record<string, string>;
  /** The last message of the branch in use. Null until there is one. */
  activeLeafId!: string | null;
  /** Messages of all branches. */
  messageCount!: number;
  /** Null until there is a message; ISO 8601, UTC, with milliseconds. */
  lastMessageAt!: string | null;
  createdAt!: string;
  updatedAt!: string;
  /** With `q`: plain text around the words that were found. */
  snippet?: string;
  /** With `q`: start and length of each of them in `snippet`, in UTF-16 units. */
  @ApiProperty({
    type: 'array',
    items: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 2, maxItems: 2 },
  })
  snippetMatches?: [start: number, length: number][];
}
