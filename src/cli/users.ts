import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { AdminUsersService } from '../account/admin-users.service';
import { AppModule } from '../app.module';
import { RegisterDto } from '../auth/auth.dto';
import { RegistrationService } from '../auth/registration.service';
import { DomainError, notFound } from '../common/errors/domain-error';
import { RequestValidationPipe } from '../common/http/validation.pipe';
import { loadConfig } from '../config/config';
import { toDatabaseProblem } from '../database/database-errors';
import { openDatabase } from '../database/open-database';
import { normalizeUsername } from '../users/username';
import { UsersService } from '../users/users.service';

interface NewAccount {
  readonly username: string;
  readonly password: string;
  readonly displayName?: string;
  readonly role: 'user' | 'admin';
}

/** By the rules of `POST /auth/register`. The username as it is now stored. */
export function createUser({ role, ...registration }: NewAccount): Promise<string | null> {
  return inParley(async (parley) => {
    const checked = await checkRegistration(registration);
    const { username } = await parley.get(RegistrationService).create(checked, role);
    return username;
  });
}

export function setRole(username: string, role: 'user' | 'admin'): Promise<void> {
  return inParley(async (parley) => {
    const user = await parley.get(UsersService).findByUsername(normalizeUsername(username));
    if (!user) throw notFound('account');
    await parley.get(AdminUsersService).change({ userId: null }, user.id, { role });
  });
}

async function checkRegistration(registration: object): Promise<RegisterDto> {
  const pipe = new RequestValidationPipe();
  return (await pipe.transform(registration, { type: 'body', metatype: RegisterDto })) as RegisterDto;
}

/** The product without its server, on the database that is configured. */
async function inParley<T>(work: (parley: INestApplicationContext) => Promise<T>): Promise<T> {
  const settings = loadConfig(process.env);
  const database = await openDatabase(settings).catch(explain);
  try {
    const config = { ...settings, database: { ...settings.database, url: database.url } };
    const module = AppModule.with({ ...config, log: { ...config.log, level: 'silent' } });
    const parley = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    return await work(parley)
      .catch(explain)
      .finally(() => parley.close());
  } finally {
    await database.stop();
  }
}

/** Says in words what is wrong with the database or with which field. */
function explain(error: unknown): never {
  const trouble = toDatabaseProblem(error);
  if (trouble) throw trouble;
  if (!(error instanceof DomainError) || !error.errors) throw error;
  throw new Error(error.errors.map(({ path, message }) => `${path.slice(1)}: ${message}`).join('\n'));
}
