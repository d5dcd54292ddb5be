import { RequestMethod } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Application } from 'express';
import helmet from 'helmet';
import sockets from '../docs/asyncapi.json';
import contract from '../docs/openapi.json';
import { ErrorTranslator } from './common/errors/error-translator';
import { answerClientErrors, requireHost } from './common/http/client-error';
import { ProblemFilter } from './common/http/problem.filter';
import { assignRequestId } from './common/http/request-id';
import { AppLogger, RequestLog } from './common/logging';
import { OpenAiErrors } from './completions/openai-errors';
import { Config } from './config/config';
import { readBuiltPage } from './page/built-page';
import { ErrorPages } from './page/error-pages';
import { servePage } from './page/serve-page';
import { HttpMetrics } from './telemetry/http-metrics';

/** The time a caller has to send its headers: slow ones must not hold sockets. */
const HEADERS_TIMEOUT_MS = 10_000;
const PREFIX = 'api/v1';

/**
 * What makes the modules into the product: called by `main` and by every e2e test.
 * @throws Error – the page is not built.
 */
export function configureApp(app: NestExpressApplication): NestExpressApplication {
  const config = app.get(Config);
  const { http } = config;
  const page = readBuiltPage();
  const errorPages = new ErrorPages(page.error);
  app.useLogger(app.get(AppLogger));
  app.set('trust proxy', http.trustProxy);
  app.set('query parser', 'simple'); // no nested objects out of a query
  app.disable('etag'); // a digest of every answer, for caches that nothing here is meant for
  app.use(app.get(HttpMetrics).middleware);
  app.use(assignRequestId);
  app.use(app.get(RequestLog).middleware);
  secureHeaders(app);
  app.use(requireHost);
  if (http.corsOrigins.length > 0) allowOrigins(app, http.corsOrigins);
  configurePaths(app);
  const envelopes = [new OpenAiErrors(), errorPages];
  app.useGlobalFilters(new ProblemFilter(app.get(ErrorTranslator), envelopes));
  serveContract(app);
  servePage(app.getHttpAdapter().getInstance() as Application, { page, errorPages, config });
  const server = app.getHttpServer();
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.maxHeadersCount = 0; // 16 KB bound them; beyond a count they would be left out of what is handed back (`handBack`)
  answerClientErrors(server);
  return app;
}

/** Where the controllers are: all that the OpenAPI writer needs to know, which has no page yet and answers nobody. */
export function configurePaths(app: NestExpressApplication): NestExpressApplication {
  return app.setGlobalPrefix(PREFIX, {
    exclude: [
      ...['health', 'health/live', 'health/ready', 'v1/models'].map((path) => ({
        path,
        method: RequestMethod.GET,
      })),
      { path: 'v1/chat/completions', method: RequestMethod.POST },
    ],
  });
}

/** Swagger UI at `/docs`, the contract at `/openapi.json` and `/openapi.yaml`, that of the WebSocket at `/asyncapi.json`. */
function serveContract(app: NestExpressApplication): void {
  const urls = { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml' };
  SwaggerModule.setup('docs', app, contract as unknown as OpenAPIObject, {
    ...urls,
    customSiteTitle: 'Parley API',
    swaggerOptions: {
      tryItOutEnabled: true,
      filter: true, // by tag
      displayRequestDuration: true,
      persistAuthorization: false, // an API key would stay in the browser's storage, where every later visitor finds it
    },
  });
  const express = app.getHttpAdapter().getInstance() as Application;
  express.get('/asyncapi.json', (_request, response) => void response.json(sockets));
}

function secureHeaders(app: NestExpressApplication): void {
  const self = ["'self'"];
  const strict = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: self,
        baseUri: ["'none'"],
        formAction: self,
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: { includeSubDomains: false }, // the other names of the operator's domain are not ours
  });
  app.use(strict);
  // Swagger UI styles its elements inline, and has its icons in data: URLs. Scripts stay ours.
  const styles = helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: {
      defaultSrc: self,
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      frameAncestors: ["'none'"],
    },
  });
  app.use('/docs', styles);
}

function allowOrigins(app: NestExpressApplication, origin: string[]): void {
  app.enableCors({
    origin,
    credentials: true, // for the refresh cookie, which SameSite keeps to the site's own pages
    exposedHeaders: [
      'Content-Disposition',
      'Idempotency-Replayed',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Parley-Conversation-Id',
      'X-Request-Id',
    ],
    maxAge: 600,
  });
}
