import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { LlmModule } from '../llm/llm.module';
import { UsageModule } from '../usage/usage.module';
import { Conversation } from './conversation.entity';
import { ConversationExport } from './conversation-export';
import { ConversationRepository } from './conversation.repository';
import { ConversationSearch } from './conversation-search.service';
import { ConversationSearchRepository } from './conversation-search.repository';
import { ConversationsController } from './conversations.controller';
import { ConversationsService } from './conversations.service';
import { HistoryService } from './history.service';
import { KeptExchangeRepository } from './kept-exchange.repository';
import { KeptExchanges } from './kept-exchanges.service';
import { MessageStreamsController } from './message-streams.controller';
import { MessageRepository } from './message.repository';
import { MessagesController } from './messages.controller';
import { MessagesService } from './messages.service';
import { ReplyContextRepository } from './reply-context.repository';
import { ModelChoice } from './model-choice';
import { EngineMetrics } from './replies/engine-metrics';
import { FirstTexts } from './replies/first-texts';
import { Heartbeat } from './replies/heartbeat';
import { QuickBeat } from './replies/quick-beat';
import { RemoteReplies } from './replies/remote-replies';
import { RemoteReplyRepository } from './replies/remote-reply.repository';
import { RepliesService } from './replies/replies.service';
import { ReplyBeats } from './replies/reply-beats';
import { ReplyGenerator } from './replies/reply.generator';
import { ReplyMetrics } from './replies/reply-metrics';
import { ReplyRepository } from './replies/reply.repository';
import { RunningReplies } from './replies/running-replies';
import { Sweeper } from './replies/sweeper';
import { TurnRepository } from './replies/turn.repository';
import { TitlesService } from './titles/titles.service';
import { TurnOpener } from './turn-opener';
import { TurnsService } from './turns.service';

@Module({
  imports: [TypeOrmModule.forFeature([Conversation]), LlmModule, IdempotencyModule, UsageModule],
  controllers: [ConversationsController, MessageStreamsController, MessagesController],
  providers: [
    ConversationsService,
    MessagesService,
    TurnOpener,
    TurnsService,
    TitlesService,
    ConversationRepository,
    MessageRepository,
    ReplyContextRepository,
    ModelChoice,
    HistoryService,
    KeptExchanges,
    KeptExchangeRepository,
    ConversationExport,
    ConversationSearch,
    ConversationSearchRepository,
    RepliesService,
    ReplyRepository,
    TurnRepository,
    ReplyGenerator,
    ReplyMetrics,
    EngineMetrics,
    RunningReplies,
    ReplyBeats,
    FirstTexts,
    Heartbeat,
    QuickBeat,
    RemoteReplies,
    RemoteReplyRepository,
    Sweeper,
  ],
  exports: [
    ConversationsService,
    HistoryService,
    KeptExchanges,
    MessagesService,
    ModelChoice,
    RepliesService,
    TurnsService,
  ],
})
export class ConversationsModule {}
