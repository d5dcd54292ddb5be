import { type ConversationResponse } from './conversation.dto';
import { type MessageResponse } from './message.dto';

export class ConversationExportResponse {
  conversation!: ConversationResponse;
  /** Of all branches, oldest first. */
  messages!: MessageResponse[];
}
