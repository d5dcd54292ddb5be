import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { validationFailed, type DomainError, type FieldError } from '../errors/domain-error';
import { toPointerToken } from './json-body';

/** Checks bodies and queries against their DTOs: nothing unknown, nothing coerced, every fault named at once. */
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      exceptionFactory: (errors) => new Faults(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      throw error instanceof Faults ? toValidationFailed(error.errors, metadata.type === 'query') : error;
    }
  }
}

/** More of them help nobody, and would make the answer longer than the question. */
const MOST_ERRORS = 20;

class Faults extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super();
  }
}

function toValidationFailed(errors: readonly ValidationError[], inQuery: boolean): DomainError {
  const found = errors.flatMap((error) => fieldErrors(error, inQuery ? 'query.' : '/'));
  return validationFailed(found.slice(0, MOST_ERRORS));
}

function fieldErrors(
  { property, constraints = {}, children = [] }: ValidationError,
  prefix: string,
): FieldError[] {
  const path = prefix === 'query.' ? queryPath(property) : `${prefix}${toPointerToken(property)}`;
  const own = Object.entries(constraints).map(([name, message]) =>
    name === 'whitelistValidation'
      ? { path, code: 'unknown_field', message: 'is not known here' }
      : { path, code: name, message },
  );
  return [...own, ...children.flatMap((child) => fieldErrors(child, `${path}/`))];
}

/** `limit[]` is `limit` given in a way that we don't take. */
export const queryPath = (name: string) => `query.${name.replace(/\[.*$/s, '')}`;
