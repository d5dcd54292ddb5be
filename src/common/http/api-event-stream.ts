import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';

/** Documents an answer that is an event stream; `events` are the classes of its data by their `type`. */
export function ApiEventStream(events: Readonly<Record<string, Type>>): MethodDecorator {
  const classes = [...new Set(Object.values(events))];
  const schema = {
    oneOf: classes.map((event) => ({ $ref: getSchemaPath(event) })),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(
        Object.entries(events).map(([type, event]) => [type, getSchemaPath(event)]),
      ),
    },
  };
  return applyDecorators(
    ApiExtraModels(...classes),
    ApiOkResponse({
      description:
        'Events as they happen, each with its data as one line of JSON. `id` is the UTF-16 length of the text so far: where to rejoin, as `Last-Event-ID` or `after`. A client reads them as they come; Swagger UI shows them once the stream has ended.',
      content: { 'text/event-stream': { schema } },
    }),
  );
}
