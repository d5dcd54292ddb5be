import type { components } from './contract';

type Schemas = components['schemas'];

export type User = Schemas['UserResponse'];
export type Tokens = Schemas['TokensResponse'];
export type Conversation = Schemas['ConversationResponse'];
export type Message = Schemas['MessageResponse'];
export type Models = Schemas['ModelsResponse'];
export type SessionRow = Schemas['SessionResponse'];
export type ApiKey = Schemas['ApiKeyResponse'];
export type UsageReport = Schemas['UsageReportResponse'];

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** What can come in a stream of a reply. `id` is the length of its text so far, in UTF-16 units. */
export type ReplyEvent = (
  | Schemas['MessageCreatedEvent']
  | Schemas['MessageDeltaEvent']
  | Schemas['MessageEndedEvent']
  | Schemas['ReconnectEvent']
) & { readonly id: number | null };
