import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RegistrationService } from '../auth/registration.service';
import { DomainError } from '../common/errors/domain-error';
import { errorForLog } from '../common/errors/error-for-log';
import { Repeater } from '../common/repeater';
import { Config } from '../config/config';
import { ConfigError } from '../config/environment';
import { toAdminName } from './admin-name';
import { UsersService } from '../users/users.service';

/** How soon a database that was behind or away is asked again. */
const AGAIN_MS = 5_000;
const BAD_PASSWORD =
  'ADMIN_PASSWORD: expected one that is not common, not known from a breach, and not the name';

/** Makes the account of `ADMIN_USERNAME` where the name is free; whoever has it otherwise keeps what it is. */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(FirstAdmin.name);
  private readonly repeater = new Repeater(
    () => this.tryAgain(),
    () => AGAIN_MS,
  );

  constructor(
    private readonly registration: RegistrationService,
    private readonly users: UsersService,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { firstAdmin } = this.config.auth;
    if (!firstAdmin) return;
    const username = toAdminName(firstAdmin.username);
    if (!(await this.make(username, firstAdmin.password))) this.repeater.start(AGAIN_MS);
  }

  onModuleDestroy(): Promise<void> {
    return this.repeater.stop();
  }

  private async tryAgain(): Promise<void> {
    const { username, password } = this.config.auth.firstAdmin!;
    const done = await this.make(toAdminName(username), password).catch((error: unknown) => {
      this.logger.error({ msg: BAD_PASSWORD, err: errorForLog(error) });
      return true;
    });
    if (done) void this.repeater.stop();
  }

  /** Whether it is there now. A database that is behind or away makes this replica unready, not dead. */
  private async make(username: string, password: string): Promise<boolean> {
    try {
      if (await this.users.findByUsername(username)) return true;
      await this.registration.create({ username, password }, 'admin');
      this.logger.log('Made the account of ADMIN_USERNAME: the name was free.');
      return true;
    } catch (error) {
      const code = error instanceof DomainError ? error.code : null;
      if (code === 'username_taken') return true; // another replica was faster
      if (code === 'validation_failed') throw new ConfigError([BAD_PASSWORD]);
      this.logger.error({ msg: 'could not make the account of ADMIN_USERNAME', err: errorForLog(error) });
      return false;
    }
  }
}
