import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { AppModule } from '../app.module';
import { DomainError, notFound } from '../common/errors/domain-error';
import { RequestValidationPipe } from '../common/http/validation.pipe';
import { loadConfig } from '../config/config';
import { toDatabaseProblem } from '../database/database-errors';
import { openDatabase } from '../database/open-database';
import type { User } from '../users/user.entity';
import { normalizeUsername } from '../users/username';
import { UsersService } from '../users/users.service';

/** The product without its server, on the database that is configured. */
export async function inParley<T>(work: (parley: INestApplicationContext) => Promise<T>): Promise<T> {
  const settings = loadConfig(process.env);
  const database = await openDatabase(settings).catch(explain);
  try {
    const config = { ...settings, database: { ...settings.database, url: database.url } };
    const module = AppModule.with({ ...config, log: { ...config.log, level: 'silent' } });
    // Not initialized: this process takes over no replies, and tidies nothing up.
    const parley = await NestFactory.create(module, { logger: false, abortOnError: false }).catch(explain);
    return await work(parley)
      .catch(explain)
      .finally(() => parley.close());
  } finally {
    await database.stop();
  }
}

/** @throws DomainError `not_found` */
export async function accountCalled(parley: INestApplicationContext, username: string): Promise<User> {
  const user = await parley.get(UsersService).findByUsername(normalizeUsername(username));
  if (!user || user.erasedAt) throw notFound('account');
  return user;
}

/** A body as the HTTP door would take it. @throws DomainError `validation_failed` */
export async function checked<T extends object>(shape: Type<T>, body: object): Promise<T> {
  const pipe = new RequestValidationPipe();
  return (await pipe.transform(body, { type: 'body', metatype: shape })) as T;
}

/** Says in words what is wrong with the database or with which field. */
function explain(error: unknown): never {
  const trouble = toDatabaseProblem(error);
  if (trouble) throw trouble;
  if (!(error instanceof DomainError) || !error.errors) throw error;
  const said = error.errors.map(({ path, message }) => `${path.slice(1)}: ${message}`).join('\n');
  throw new DomainError(error.code, said, { cause: error });
}
