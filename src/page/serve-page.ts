import type { Application, Request, Response } from 'express';
import { extname } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { DomainError, notFound } from '../common/errors/domain-error';
import { sendError } from '../common/http/send-error';
import { logAsExample } from '../common/logging';
import type { Config } from '../config/config';
import type { BuiltPage } from './built-page';
import type { ErrorPages } from './error-pages';
import { PageFile, type FileBytes } from './page-file';
import { pageSettings, settingsTag } from './settings-tag';

/** Paths that the page itself makes sense of. Whatever else has no file is a 404, and not a page that says so with a 200. */
const PAGE_PATHS =
  /^\/(c\/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|sign-in|register|settings(\/(account|sessions|keys|usage))?)?\/?$/i;

/** Asked for again each time, and answered 304 as a rule. */
const REVALIDATED = 'no-cache';
/** Vite puts a digest of the content into the names of assets. A year is the most that RFC 2616, section 14.21, allowed. */
const FOREVER = 'public, max-age=31536000, immutable';

/** What the error pages look like; the mistake has happened to nobody. */
const EXAMPLES = {
  '/errors/404': notFound('page'),
  '/errors/500': new DomainError('internal', 'Shown on request.'),
};

export interface Served {
  readonly page: BuiltPage;
  readonly errorPages: ErrorPages;
  readonly config: Config;
}

/**
 * The page at its paths, and each of its files at the file's own, so that no path leads to another one. Two routes for all of them:
 * whoever calls the API passes by.
 */
export function servePage(express: Application, { page, errorPages, config }: Served): void {
  const chat = chatPage(page.index, config);
  express.get(PAGE_PATHS, (request, response) => chat.send(request, response));
  const files = new Map([...page.files].map(([path, bytes]) => [path, fileAt(path, bytes)]));
  express.get(oneOf([...files.keys()]), (request, response) =>
    files.get(request.path)!.send(request, response),
  );
  for (const [path, error] of Object.entries(EXAMPLES)) {
    express.get(path, (request: Request, response: Response) => {
      logAsExample(response);
      sendError(error, request, response, [errorPages]);
    });
  }
}

const fileAt = (path: string, bytes: FileBytes) =>
  new PageFile(extname(path), path.startsWith('/assets/') ? FOREVER : REVALIDATED, bytes);

/** Exactly one of these paths. */
const oneOf = (paths: readonly string[]): RegExp =>
  new RegExp(`^(${paths.map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`);

function chatPage(index: string, config: Config): PageFile {
  const tag = settingsTag(pageSettings(config));
  const identity = Buffer.from(index.replace('</head>', () => `  ${tag}\n  </head>`));
  const bytes = { identity, br: brotliCompressSync(identity), gzip: gzipSync(identity) };
  return new PageFile('.html', REVALIDATED, bytes);
}
