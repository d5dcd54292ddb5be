import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';

/** Documents an answer that is an event stream; `events` are the classes of its data, told apart by `type`. */
export function ApiEventStream(...events: Type[]): MethodDecorator {
  const schema = { oneOf: events.map((event) => ({ $ref: getSchemaPath(event) })) };
  return applyDecorators(
    ApiExtraModels(...events),
    ApiOkResponse({
      description: 'Events as they happen. `id` is the UTF-16 length of the text so far: where to rejoin.',
      content: { 'text/event-stream': { schema } },
    }),
  );
}
