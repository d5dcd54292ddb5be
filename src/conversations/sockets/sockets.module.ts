import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { ConversationsModule } from '../conversations.module';
import { ConnectionCounts } from './connection-counts';
import { FrameHandler } from './frame-handler';
import { FrameLimits } from './frame-limits';
import { SessionWatch } from './session-watch';
import { SocketController } from './socket.controller';
import { SocketDoor } from './socket-door';
import { SocketFailures } from './socket-failures';
import { SocketGateway } from './socket.gateway';
import { SocketMetrics } from './socket-metrics';

@Module({})
export class SocketsModule {
  /** @param authentication exports a `SocketAuthenticator`. */
  static with(authentication: Type): DynamicModule {
    return {
      module: SocketsModule,
      imports: [authentication, ConversationsModule, IdempotencyModule],
      controllers: [SocketController],
      providers: [
        ConnectionCounts,
        FrameHandler,
        FrameLimits,
        SessionWatch,
        SocketDoor,
        SocketFailures,
        SocketGateway,
        SocketMetrics,
      ],
    };
  }
}
