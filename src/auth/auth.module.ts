import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module';
import { SocketAuthenticator } from '../common/auth/socket-authenticator';
import { UsersModule } from '../users/users.module';
import { AccessTokens } from './access-tokens';
import { ApiKey } from './api-keys/api-key.entity';
import { ApiKeyRepository } from './api-keys/api-key.repository';
import { ApiKeysController } from './api-keys/api-keys.controller';
import { ApiKeysService } from './api-keys/api-keys.service';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { JwtStrategy } from './passport/jwt.strategy';
import { LocalStrategy } from './passport/local.strategy';
import { CredentialRepository } from './passwords/credential.repository';
import { CredentialsService } from './passwords/credentials.service';
import { PasswordHasher } from './passwords/password-hasher';
import { PasswordPolicy } from './passwords/password-policy';
import { PasswordsController } from './passwords/passwords.controller';
import { PasswordsService } from './passwords/passwords.service';
import { RefreshCookie } from './refresh-cookie';
import { RegistrationService } from './registration.service';
import { Session } from './sessions/session.entity';
import { SessionChecks } from './sessions/session-checks';
import { SessionRepository } from './sessions/session.repository';
import { SessionsController } from './sessions/sessions.controller';
import { SessionsService } from './sessions/sessions.service';
import { BearerTokens } from './sockets/bearer-tokens';
import { LiveCredentialRepository } from './sockets/live-credential.repository';
import { LiveCredentials } from './sockets/live-credentials';
import { SocketSignIn } from './sockets/socket-sign-in';
import { WsTicket } from './tickets/ws-ticket.entity';
import { WsTicketRepository } from './tickets/ws-ticket.repository';
import { WsTicketsService } from './tickets/ws-tickets.service';

const SESSIONS = [SessionsService, SessionChecks, SessionRepository, AccessTokens, RefreshCookie];
const PASSWORDS = [
  CredentialsService,
  PasswordsService,
  PasswordHasher,
  PasswordPolicy,
  CredentialRepository,
  RegistrationService,
];
const KEYS = [ApiKeysService, ApiKeyRepository, WsTicketsService, WsTicketRepository];
const SOCKETS = [
  BearerTokens,
  LiveCredentials,
  LiveCredentialRepository,
  { provide: SocketAuthenticator, useClass: SocketSignIn },
];

@Module({
  imports: [
    TypeOrmModule.forFeature([Session, ApiKey, WsTicket]),
    JwtModule.register({}),
    UsersModule,
    AuditModule,
  ],
  controllers: [AuthController, SessionsController, ApiKeysController, PasswordsController],
  providers: [AuthService, ...SESSIONS, ...PASSWORDS, ...KEYS, ...SOCKETS, JwtStrategy, LocalStrategy],
  exports: [
    ApiKeysService,
    CredentialsService,
    RegistrationService,
    SessionsService,
    SocketAuthenticator,
    WsTicketsService,
  ],
})
export class AuthModule {}
