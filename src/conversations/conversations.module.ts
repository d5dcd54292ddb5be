import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { LlmModule } from '../llm/llm.module';
import { Conversation } from './conversation.entity';
import { ConversationExport } from './conversation-export';
import { ConversationRepository } from './conversation.repository';
import { ConversationSearch } from './conversation-search.service';
import { ConversationSearchRepository } from './conversation-search.repository';
import { ConversationsController } from './conversations.controller';
import { ConversationsService } from './conversations.service';
import { HistoryService } from './history.service';
import { MessageStreamsController } from './message-streams.controller';
import { MessageRepository } from './message.repository';
import { MessagesController } from './messages.controller';
import { MessagesService } from './messages.service';
import { ModelChoice } from './model-choice';
import { ContextWindow } from './replies/context-window';
import { Heartbeat } from './replies/heartbeat';
import { RepliesService } from './replies/replies.service';
import { ReplyGenerator } from './replies/reply.generator';
import { ReplyRepository } from './replies/reply.repository';
import { RunningReplies } from './replies/running-replies';
import { Sweeper } from './replies/sweeper';
import { TurnsService } from './turns.service';

@Module({
  imports: [TypeOrmModule.forFeature([Conversation]), LlmModule, IdempotencyModule],
  controllers: [ConversationsController, MessageStreamsController, MessagesController],
  providers: [
    ConversationsService,
    MessagesService,
    TurnsService,
    ConversationRepository,
    MessageRepository,
    ModelChoice,
    HistoryService,
    ConversationExport,
    ConversationSearch,
    ConversationSearchRepository,
    RepliesService,
    ReplyRepository,
    ReplyGenerator,
    ContextWindow,
    RunningReplies,
    Heartbeat,
    Sweeper,
  ],
  exports: [ConversationsService, HistoryService, ModelChoice, RepliesService],
})
export class ConversationsModule {}
