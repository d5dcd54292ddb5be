import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { ApiProblems } from './api-problems';

/** Documents an answer that is one page of `Row`. */
export function ApiPage(Row: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(Row),
    ApiProblems('validation_failed', 'invalid_cursor'),
    ApiOkResponse({
      description: 'One page',
      schema: {
        type: 'object',
        required: ['data', 'hasMore', 'nextCursor'],
        properties: {
          data: { type: 'array', items: { $ref: getSchemaPath(Row) } },
          hasMore: { type: 'boolean' },
          nextCursor: {
            type: 'string',
            nullable: true,
            description: 'For `cursor` of the next page; null on the last.',
          },
        },
      },
    }),
  );
}
