import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';

/** The bytes of one file, plain and packed. */
export interface FileBytes {
  readonly identity: Buffer;
  readonly br?: Buffer;
  readonly gzip?: Buffer;
}

/** The smallest first: a browser takes them all, and its header is in no order of preference. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const;

/** One file of the page, answered from memory: the whole page is half a megabyte, and no disk can fail under a request. */
export class PageFile {
  private readonly digest: string;

  constructor(
    /** Its media type, or the extension that has it. */
    private readonly type: string,
    private readonly cacheControl: string,
    private readonly bytes: FileBytes,
  ) {
    this.digest = createHash('sha256').update(bytes.identity).digest('base64url').slice(0, 22); // 132 bits of it will do
  }

  /** Status 200, or 304 to whoever has it already. Ranges are left out, as RFC 9110, section 14.2, allows: nothing here is long. */
  send(request: Request, response: Response): void {
    const { bytes } = this;
    const encoding =
      ENCODINGS.find((name) => bytes[name] && request.acceptsEncodings(name) === name) ?? 'identity';
    response.vary('Accept-Encoding').type(this.type);
    response.set({ 'Cache-Control': this.cacheControl, ETag: `"${this.digest}-${encoding}"` }); // strong, so one for each encoding
    if (encoding !== 'identity' && !request.fresh) response.set('Content-Encoding', encoding);
    response.send(bytes[encoding]); // looks at `fresh` itself
  }
}
