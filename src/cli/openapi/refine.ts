import {
  describeOperation,
  HEADERS,
  problemExamples,
  tagsOfDocument,
  type Json,
  type Operation,
} from './operations';
import { createSocketContract, FRAMES } from './socket-document';
import { format, refineSchemas, simplified } from './schemas';

interface Contract extends Json {
  info: Json;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json> } & Json;
}

/** Both halves of the contract. */
export interface Documents {
  /** OpenAPI 3.1 */
  readonly http: Json;
  /** AsyncAPI 3 */
  readonly sockets: Json;
}

/** Makes of what the decorators and types say documents that clients can be generated from. */
export function refineDocuments(written: Json): Documents {
  const document = simplified(written) as Contract;
  const { info, components } = document;
  const schemas = components.schemas;
  info.contact = { name: 'The developers of Parley' };
  refineSchemas(schemas);
  const sockets = createSocketContract(info, schemas);
  for (const { name } of FRAMES) Reflect.deleteProperty(schemas, name);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of Object.values(item)) {
      describeOperation(path, operation);
      for (const { name, schema } of operation.parameters) format(name, schema);
    }
  }
  const http = {
    ...document,
    tags: tagsOfDocument(),
    servers: [{ url: '/', description: 'Where this document comes from' }],
    components: {
      ...components,
      headers: HEADERS,
      examples: problemExamples(JSON.stringify(document.paths)),
    },
  };
  return { http, sockets };
}
