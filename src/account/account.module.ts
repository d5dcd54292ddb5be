import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { ConversationsModule } from '../conversations/conversations.module';
import { UsersModule } from '../users/users.module';
import { AccountController } from './account.controller';
import { AccountExport } from './account-export';
import { AccountService } from './account.service';
import { AdminUsersController } from './admin-users.controller';
import { AdminUsersService } from './admin-users.service';
import { ErasureService } from './erasure.service';
import { FirstAdmin } from './first-admin';
import { Housekeeping } from './housekeeping';

@Module({
  imports: [UsersModule, AuthModule, ConversationsModule, AuditModule],
  controllers: [AccountController, AdminUsersController],
  exports: [AdminUsersService],
  providers: [AccountService, AccountExport, AdminUsersService, ErasureService, FirstAdmin, Housekeeping],
})
export class AccountModule {}
