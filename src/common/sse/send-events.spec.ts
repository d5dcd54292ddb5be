import type { Request, Response } from 'express';
import express from 'express';
import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendEvents, type ServerSentEvent } from './send-events';

/** Never ends by itself, and says when its reader has left it. */
async function* endless(gone: AbortSignal): AsyncGenerator<ServerSentEvent> {
  while (!gone.aborted) yield { id: 1, data: await Promise.resolve({ type: 'still.here' }) };
}

describe('An event stream', () => {
  /** The end of the handler whose reader leaves, `when` it says so. */
  async function served(when: 'before' | 'during' | 'never'): Promise<unknown> {
    let end: (value: unknown) => void = () => undefined;
    const ended = new Promise((resolve) => (end = resolve));
    const app = express();
    app.get('/', async (request: Request, response: Response) => {
      if (when === 'before') await once(response, 'close');
      const gone = new AbortController();
      const stalledMs = when === 'never' ? 100 : undefined;
      await sendEvents(request, response, endless(gone.signal), gone, stalledMs).then(
        () => end('ended'),
        end,
      );
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const call = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    call.on('error', () => undefined);
    const seen = when === 'before' ? once(server, 'request') : once(call, 'response');
    await seen;
    if (when !== 'never') call.destroy();
    const outcome = await ended;
    server.closeAllConnections();
    server.close();
    return outcome;
  }

  it('ends with a reader that leaves in the middle, though its socket was full', async () => {
    await expect(served('during')).resolves.toBe('ended');
  });

  it('ends with a reader that stays and reads nothing', async () => {
    await expect(served('never')).resolves.toBe('ended');
  });

  it('ends with a reader that left before it began', async () => {
    await expect(served('before')).resolves.toBe('ended');
  });
});
