import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { RegistrationService } from '../auth/registration.service';
import { DomainError } from '../common/errors/domain-error';
import { errorForLog } from '../common/errors/error-for-log';
import { Config } from '../config/config';
import { hasHiddenCharacters, normalizeUsername } from '../users/username';
import { UsersService } from '../users/users.service';

/** Makes the account of `ADMIN_USERNAME` where the name is free; whoever has it otherwise keeps what it is. */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  private readonly logger = new Logger(FirstAdmin.name);

  constructor(
    private readonly registration: RegistrationService,
    private readonly users: UsersService,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { firstAdmin } = this.config.auth;
    if (!firstAdmin) return;
    const username = normalizeUsername(firstAdmin.username);
    if (username.length < 3 || username.length > 80 || hasHiddenCharacters(username))
      throw new Error('ADMIN_USERNAME: expected 3 to 80 visible characters');
    try {
      if (await this.users.findByUsername(username)) return;
      await this.registration.create({ username, password: firstAdmin.password }, 'admin');
      this.logger.log('Made the account of ADMIN_USERNAME: the name was free.');
    } catch (error) {
      this.explain(error);
    }
  }

  /** A database that is behind or away makes this replica unready, not dead. */
  private explain(error: unknown): void {
    const code = error instanceof DomainError ? error.code : null;
    if (code === 'username_taken') return; // another replica was faster
    if (code === 'validation_failed')
      throw new Error(
        'ADMIN_PASSWORD: expected one that is not common, not known from a breach, and not the name',
      );
    this.logger.error({ msg: 'could not make the account of ADMIN_USERNAME', err: errorForLog(error) });
  }
}
