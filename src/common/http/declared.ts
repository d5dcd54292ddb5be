import { Body, Query, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { validationFailed, type FieldError } from '../errors/domain-error';
import { isUnseen, toPointerToken } from './json-body';
import { queryPath } from './validation.pipe';

const TAKES_QUERY = 'parley:takes-query';
const TAKES_BODY = 'parley:takes-body';

function declaring(decorator: () => ParameterDecorator, key: string) {
  return (): ParameterDecorator => (target, property, index) => {
    const handler: unknown = Reflect.get(target, property as string);
    Reflect.defineMetadata(key, true, handler as object);
    decorator()(target, property, index);
  };
}

/** The query as a DTO. A route without one takes no query parameter. */
export const QueryDto = declaring(Query, TAKES_QUERY);

/** The body as a DTO. A route without one takes no body, or an empty object. */
export const BodyDto = declaring(Body, TAKES_BODY);

/** Refuses query parameters and body fields on routes that declare none: an option nobody reads is a mistake. */
export class DeclaredInputInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const { query, body } = context.switchToHttp().getRequest<Pick<Request, 'query'> & { body?: object }>();
    const takes = (key: string) => Reflect.hasMetadata(key, context.getHandler());
    const errors = [
      ...Object.keys(query)
        .filter((name) => !takes(TAKES_QUERY) || isUnseen(name))
        .map((name) => unknown(queryPath(name))),
      ...(takes(TAKES_BODY)
        ? []
        : Object.keys(body ?? {}).map((name) => unknown(`/${toPointerToken(name)}`))),
    ];
    if (errors.length > 0) throw validationFailed(errors);
    return next.handle();
  }
}

const unknown = (path: string): FieldError => ({ path, code: 'unknown_field', message: 'is not known here' });
