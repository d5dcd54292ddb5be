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
import { FirstTexts } from './replies/first-texts';
import { Heartbeat } from './replies/heartbeat';
import { QuickBeat } from './replies/quick-beat';
import { RemoteReplies } from './replies/remote-replies';
import { RemoteReplyRepository } from './replies/remote-reply.repository';
import { RepliesService } from './replies/replies.service';
import { ReplyBeats } from './replies/reply-beats';
import { ReplyGenerator } from './replies/reply.generator';
import { ReplyRepository } from './replies/reply.repository';
import { RunningReplies } from './replies/running-replies';
import { Sweeper } from './replies/sweeper';
import { TurnRepository } from './replies/turn.repository';
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
    TurnRepository,
    ReplyGenerator,
    ContextWindow,
    RunningReplies,
    ReplyBeats,
    FirstTexts,
    Heartbeat,
    QuickBeat,
    RemoteReplies,
    RemoteReplyRepository,
    Sweeper,
  ],
  exports: [ConversationsService, HistoryService, MessagesService, ModelChoice, RepliesService, TurnsService],
})
export class ConversationsModule {}
