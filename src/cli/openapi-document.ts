import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_CODES } from '../common/http/api-problems';
import { PROBLEMS, type ProblemCode } from '../common/errors/domain-error';
import { OpenAiErrorResponse } from '../completions/openai-error.dto';
import { refineDocuments, type Documents } from './openapi/refine';
import { FRAMES } from './openapi/socket-document';
import { Problem } from './problem.dto';
import packageJson from '../../package.json';

const DESCRIPTION = `A conversation backend for LLM applications. Errors are RFC 9457 problems, told apart by \`code\`;
under \`/v1\` they are in OpenAI's envelope, with the same codes.

Besides what each operation lists, any of them can answer 405 (with \`Allow\`), 406, 413 (a body over 100 KB; 10 MB for chat
completions), 415 (a body that is not JSON) and 431 (headers too large). Lengths of texts are in UTF-16 units: an emoji is two or more.

The WebSocket at \`/api/v1/ws\` takes the same questions and has the same events and problems, in JSON frames: \`/asyncapi.json\`.`;

/** What every operation can answer. */
const ALWAYS: readonly ProblemCode[] = ['malformed_request', 'validation_failed'];
/** Besides, under /api and /v1: the health has a check for what can fail, and answers whatever comes of it. */
const ALWAYS_IN_API: readonly ProblemCode[] = ['rate_limited', 'internal', 'database_unavailable'];

type Json = Record<string, unknown>;
type Operation = Json & { responses: Json; requestBody?: RequestBody };
type RequestBody = { required: boolean; content: { 'application/json': { schema: { $ref: string } } } };

/** The contract: OpenAPI 3.1, and AsyncAPI 3 for the WebSocket. @nestjs/swagger 11 writes 3.0 shapes, whatever version it is told. */
export function createContracts(app: INestApplication): Documents {
  const config = new DocumentBuilder()
    .setTitle('Parley')
    .setDescription(DESCRIPTION)
    .setVersion(packageJson.version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'An access token (a JWT, ten minutes) or an API key (`pk_…`)',
    })
    .addCookieAuth('__Host-parley_refresh', {
      type: 'apiKey',
      description: 'The refresh token of `transport: cookie`; `parley_refresh` where the site has no HTTPS',
    })
    .setOpenAPIVersion('3.1.0')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) =>
      lowerFirst(controller.replace('Controller', '')) + upperFirst(method),
    extraModels: [Problem, ...FRAMES],
  });
  describeProblems(document);
  allowNoBody(document);
  return refineDocuments(withTypeUnions(document) as Json);
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const upperFirst = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Where every member may be absent, so may the body. @nestjs/swagger requires each. */
function allowNoBody({ paths, components }: OpenAPIObject): void {
  const schemas = components!.schemas as Record<string, Json>;
  for (const item of Object.values(paths)) {
    for (const { requestBody } of Object.values(item as Record<string, Operation>)) {
      const name = requestBody?.content['application/json'].schema.$ref.split('/').at(-1);
      if (requestBody && !schemas[name!]!.required) requestBody.required = false;
    }
  }
}

/** Turns the codes that `@ApiProblems` left in each operation into responses, one a status. */
function describeProblems({ paths }: OpenAPIObject): void {
  for (const [path, item] of Object.entries(paths)) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      const codes = new Set([
        ...takeCodes(operation),
        ...ALWAYS,
        ...(/^\/(api|v1)\//.test(path) ? ALWAYS_IN_API : []),
      ]);
      for (const [status, ofStatus] of byStatus(codes))
        operation.responses[status] ??= problemResponse(path, ofStatus);
    }
  }
}

function takeCodes(operation: Operation): ProblemCode[] {
  const keys = Object.keys(operation).filter((key) => key.startsWith(PROBLEM_CODES));
  for (const key of keys) Reflect.deleteProperty(operation, key);
  return keys.map((key) => key.slice(PROBLEM_CODES.length + 1) as ProblemCode);
}

function byStatus(codes: Iterable<ProblemCode>): Map<number, ProblemCode[]> {
  const statuses = new Map<number, ProblemCode[]>();
  for (const code of [...codes].sort()) {
    const { status } = PROBLEMS[code];
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  return statuses;
}

function problemResponse(path: string, codes: readonly ProblemCode[]): Json {
  const lines = codes.map((code) => `- \`${code}\`: ${PROBLEMS[code].title}`);
  const [type, shape] = path.startsWith('/v1/')
    ? ['application/json', OpenAiErrorResponse.name]
    : ['application/problem+json', Problem.name];
  return {
    description: lines.join('\n'),
    content: { [type]: { schema: { $ref: `#/components/schemas/${shape}` }, ...examplesOf(shape, codes) } },
  };
}

const examplesOf = (shape: string, codes: readonly ProblemCode[]): Json =>
  shape === Problem.name
    ? { examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])) }
    : {};

/** `nullable` of OpenAPI 3.0 as JSON Schema has it, all the way down. */
function withTypeUnions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTypeUnions);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withTypeUnions(member)]),
  );
  if (Array.isArray(rest.enum)) rest.enum.sort(); // the compiler lists a union as it comes upon its members
  return nullable === true ? orNull(rest) : rest;
}

function orNull({ type, ...schema }: Json): Json {
  if ('allOf' in schema || '$ref' in schema) {
    const { description, ...of } = schema;
    return { ...(description !== undefined && { description }), anyOf: [of, { type: 'null' }] };
  }
  const choices = Array.isArray(schema.enum) ? { enum: [...(schema.enum as unknown[]), null] } : {};
  return { type: [type, 'null'], ...schema, ...choices };
}
