import { Injectable } from '@nestjs/common';
import { Logger, type Params } from 'nestjs-pino';
import type { IncomingMessage } from 'node:http';
import type { ReqId } from 'pino-http';
import pretty from 'pino-pretty';
import { errorForLog } from './errors/error-for-log';

interface LogSettings {
  readonly level: string;
  /** One JSON object a line; else lines for people. */
  readonly json: boolean;
}

type LoggedRequest = IncomingMessage & { readonly id: ReqId };

/** Long enough for every route; what else is asked for need not be kept whole. */
const MAX_PATH = 200;

/** One line a request, and never a body, a query string, a token or a key. */
export function loggerOptions({ level, json }: LogSettings): Params {
  return {
    forRoutes: ['*path'], // under the prefix of the API
    pinoHttp: {
      level,
      stream: json
        ? undefined
        : pretty({
            colorize: process.stdout.isTTY,
            ignore: 'pid,hostname,req,res',
            singleLine: true,
            sync: true,
          }),
      genReqId: (request) => (request as LoggedRequest).id, // assigned before, with the answer's header
      quietReqLogger: true,
      customAttributeKeys: { reqId: 'requestId' },
      customLogLevel: (_request, { statusCode }, error) => (error || statusCode >= 500 ? 'error' : 'info'),
      customSuccessMessage: ({ method, url }, { statusCode }) => `${method} ${pathOf(url)} ${statusCode}`,
      customErrorMessage: ({ method, url }, { statusCode }) => `${method} ${pathOf(url)} ${statusCode}`,
      autoLogging: { ignore: ({ url }) => url?.startsWith('/health') ?? false },
      serializers: {
        req: ({ method, url }: { method: string; url: string }) => ({ method, path: pathOf(url) }),
        res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
        err: (error: unknown) => (error instanceof Error ? errorForLog(error) : error), // most are made fit already
      },
      wrapSerializers: false,
    },
  };
}

const pathOf = (url = ''): string => url.split('?')[0]!.slice(0, MAX_PATH);

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
