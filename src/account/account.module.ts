import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { ConversationsModule } from '../conversations/conversations.module';
import { UsageModule } from '../usage/usage.module';
import { UsersModule } from '../users/users.module';
import { AccountController } from './account.controller';
import { AccountExport } from './account-export';
import { AccountService } from './account.service';
import { AdminUsersController } from './admin-users.controller';
import { AdminUsersService } from './admin-users.service';
import { ErasureService } from './erasure.service';
import { FirstAdmin } from './first-admin';
import { Housekeeping } from './housekeeping';
import { UsageController } from './usage.controller';
import { UsageReports } from './usage-report';

@Module({
  imports: [UsersModule, AuthModule, ConversationsModule, UsageModule, AuditModule],
  controllers: [AccountController, UsageController, AdminUsersController],
  exports: [AdminUsersService],
  providers: [
    AccountService,
    AccountExport,
    AdminUsersService,
    ErasureService,
    FirstAdmin,
    Housekeeping,
    UsageReports,
  ],
})
export class AccountModule {}
