import { trace } from '@opentelemetry/api';
import { Injectable } from '@nestjs/common';
import type { RequestHandler } from 'express';
import { Logger, type Params } from 'nestjs-pino';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';
import { pinoHttp, type ReqId } from 'pino-http';
import pretty from 'pino-pretty';
import { errorForLog } from './errors/error-for-log';

interface LogSettings {
  readonly level: string;
  /** One JSON object a line; else lines for people. */
  readonly json: boolean;
}

type LoggedRequest = IncomingMessage & { readonly id: ReqId; readonly originalUrl?: string };

/** Long enough for every route; what else is asked for need not be kept whole. */
const MAX_PATH = 200;

/** Answers that only show what a failure looks like. */
const examples = new WeakSet<ServerResponse>();

/** Nothing has failed: the line of this request is no error, whatever its status, and wakes nobody. */
export const logAsExample = (response: ServerResponse): unknown => examples.add(response);

/** The reply that a request has begun, or asked for again. */
const begunReplies = new WeakMap<ServerResponse, string>();

/** The line of this request names the reply: the reply's own lines, here or on another replica, are found by it. */
export const logReply = (response: ServerResponse, replyId: string): unknown =>
  begunReplies.set(response, replyId);

/** Writes one line a request. */
export abstract class RequestLog {
  abstract readonly middleware: RequestHandler;
}

/**
 * The log of a process, with never a body, a query string, a token or a key in it. Nest's share of it is bound to no request: an
 * AsyncLocalStorage in use makes every promise of a stream dearer. Who has the request names its id.
 */
export function openLog(settings: LogSettings): { nest: Params; requests: RequestLog } {
  const serializers = { err: (error: unknown) => (error instanceof Error ? errorForLog(error) : error) }; // most are made fit already
  const options = {
    level: settings.level,
    serializers,
    mixin: traceOfLine,
    // Words and ISO 8601, which every collector of logs understands: docs/logging.md.
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = settings.json ? pino(options) : pino(options, forPeople());
  return { nest: { pinoHttp: { logger }, forRoutes: [] }, requests: { middleware: requestLines(logger) } };
}

/** Without a tracer there is none, and to ask costs next to nothing. */
function traceOfLine(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { traceId: span.traceId, spanId: span.spanId } : {};
}

const forPeople = () =>
  pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname,req,res', singleLine: true, sync: true });

function requestLines(logger: PinoLogger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (request) => request.id, // assigned before, with the answer's header
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    customProps: (_request, response) => ({ replyId: begunReplies.get(response) }),
    customLogLevel: (_request, response, error) => (hasFailed(response, error) ? 'error' : 'info'),
    customSuccessMessage: lineOf,
    customErrorMessage: lineOf,
    autoLogging: { ignore: ({ url }) => url?.startsWith('/health') ?? false },
    serializers: {
      req: ({ method, url }: IncomingMessage) => ({ method, path: pathOf(url) }),
      res: ({ statusCode }: ServerResponse) => ({ status: statusCode }),
    },
    wrapSerializers: false,
  });
}

const hasFailed = (response: ServerResponse, error: Error | undefined): boolean =>
  error !== undefined || (response.statusCode >= 500 && !examples.has(response));

const lineOf = ({ method, originalUrl, url }: LoggedRequest, { statusCode }: ServerResponse): string =>
  `${method} ${pathOf(originalUrl ?? url)} ${statusCode}`;

/** A key or a token in the place of an id is a mistake that must not be kept, either. */
const SECRET_SEGMENT = /\/(pk_|rt_|wt_|eyJ)[^/]*/g;

const pathOf = (url = ''): string => url.split('?')[0]!.slice(0, MAX_PATH).replace(SECRET_SEGMENT, '/$1…');

/** Nest's account of how it puts itself together, sixty lines a start. */
const FRAMEWORK = new Set([
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestFactory',
  'NestApplication',
]);

/** Where all of `Logger` of @nestjs/common goes. */
@Injectable()
export class AppLogger extends Logger {
  override log(message: unknown, ...parameters: unknown[]): void {
    if (FRAMEWORK.has(String(parameters.at(-1)))) this.debug(message, ...parameters);
    else super.log(message, ...parameters);
  }
}
