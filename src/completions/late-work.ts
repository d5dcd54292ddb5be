import { Injectable, Logger } from '@nestjs/common';
import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import { errorForLog } from '../common/errors/error-for-log';
import { ErrorTranslator } from '../common/errors/error-translator';
import { within } from '../common/within';
import { RunningCalls } from './running-calls';

const RETRY_MS = 500;
/** Two minutes. What is not done then is done by whoever finds that its time is over. */
const MOST_TRIES = 240;
/** So long a caller waits for it. */
const WAIT_MS = 1_000;

/** What is left to do in the database after a call. Where that is away, no caller waits for it to come back; a shutdown does. */
@Injectable()
export class LateWork {
  private readonly logger = new Logger(LateWork.name);
  private readonly untilDatabaseAnswers = retry(
    handleWhen((error) => this.outside.translate(error) !== null),
    { maxAttempts: MOST_TRIES, backoff: new ConstantBackoff(RETRY_MS) },
  );

  constructor(
    private readonly running: RunningCalls,
    private readonly outside: ErrorTranslator,
  ) {}

  /** Never throws. @param failure what is logged where it can't be done. */
  async do(work: () => Promise<void>, failure: string): Promise<void> {
    const done = this.untilDatabaseAnswers
      .execute(work)
      .catch((error: unknown) => this.logger.error({ msg: failure, err: errorForLog(error) }));
    this.running.waitFor(done);
    await within(WAIT_MS, done);
  }
}
