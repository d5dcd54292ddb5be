import {
  Module,
  RequestMethod,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { AccountModule } from './account/account.module';
import { AuditModule } from './audit/audit.module';
import { AuthModule } from './auth/auth.module';
import { AuthenticateGuard } from './auth/passport/authenticate.guard';
import { AccessGuard } from './common/auth/access.guard';
import { DeclaredInputInterceptor } from './common/http/declared';
import { jsonBody } from './common/http/json-body';
import { LargeBodyGuard } from './common/http/large-body.guard';
import { RequestValidationPipe } from './common/http/validation.pipe';
import { AppLogger, openLog, RequestLog } from './common/logging';
import { AccountLimitGuard, AddressLimitGuard, StrangerLimitGuard } from './common/throttle/limit.guards';
import { ThrottleModule } from './common/throttle/throttle.module';
import { CompletionsModule } from './completions/completions.module';
import { Config } from './config/config';
import { ConfigModule } from './config/config.module';
import { ConversationsModule } from './conversations/conversations.module';
import { SocketsModule } from './conversations/sockets/sockets.module';
import { DatabaseModule } from './database/database.module';
import { HealthModule } from './health/health.module';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { LlmModule } from './llm/llm.module';
import { QuestionsModule } from './questions/questions.module';
import { TelemetryModule } from './telemetry/telemetry.module';
import { UsersModule } from './users/users.module';

/** Its body is read by `LargeBodyGuard`. */
const COMPLETIONS = { path: 'v1/chat/completions', method: RequestMethod.POST };
/** Of a large body: long conversations with tools have some thousands. */
const MOST_VALUES = 100_000;

@Module({
  imports: [
    TelemetryModule,
    DatabaseModule,
    UsersModule,
    AuditModule,
    AuthModule,
    LlmModule,
    IdempotencyModule,
    ConversationsModule,
    SocketsModule.with(AuthModule),
    QuestionsModule,
    CompletionsModule,
    AccountModule,
    HealthModule,
  ],
  providers: [
    AppLogger,
    StrangerLimitGuard,
    // Guards run in this order: who may ask at all, who it is, what that one may do, what is said where that is long, and how often.
    { provide: APP_GUARD, useClass: AddressLimitGuard },
    { provide: APP_GUARD, useClass: AuthenticateGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
    {
      provide: APP_GUARD,
      inject: [Reflector, Config],
      useFactory: (reflector: Reflector, { completions: { maxBodyBytes } }: Config) =>
        new LargeBodyGuard(reflector, { maxBytes: maxBodyBytes, maxValues: MOST_VALUES, anyName: true }),
    },
    { provide: APP_GUARD, useClass: AccountLimitGuard },
    { provide: APP_INTERCEPTOR, useClass: DeclaredInputInterceptor },
    { provide: APP_PIPE, useClass: RequestValidationPipe },
  ],
})
export class AppModule implements NestModule {
  static with(config: Config): DynamicModule {
    const log = openLog(config.log);
    return {
      module: AppModule,
      imports: [
        LoggerModule.forRoot(log.nest),
        ConfigModule.with(config),
        ThrottleModule.with(config.limits),
      ],
      providers: [{ provide: RequestLog, useValue: log.requests }],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(jsonBody()).exclude(COMPLETIONS).forRoutes('*path');
  }
}
