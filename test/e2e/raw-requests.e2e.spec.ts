import { text } from 'node:stream/consumers';
import { Client } from '../support/client';
import { expectProblem } from '../support/problem';
import { openSocket, parseAnswer, sendRaw } from '../support/raw-http';
import { startApp, type RunningApp } from '../support/running-app';

describe('What is hardly HTTP', () => {
  let parley: RunningApp;

  beforeAll(async () => {
    parley = await startApp();
  });

  afterAll(() => parley.close());

  const send = async (...lines: string[]) => parseAnswer(await sendRaw(parley.url, ...lines));
  const close = 'Connection: close';

  it.each([
    ['a broken request line', ['nonsense', '', '']],
    ['an unknown method', ['FETCH /api/v1/models HTTP/1.1', 'Host: x', '', '']],
    ['an unknown version', ['GET /api/v1/models HTTP/3.7', 'Host: x', '', '']],
    ['a broken header', ['GET /api/v1/models HTTP/1.1', 'Host: x', 'no colon here', '', '']],
    ['a NUL in a header', ['GET /api/v1/models HTTP/1.1', 'Host: x', 'X-A: a\0b', '', '']],
    ['no host', ['GET /api/v1/models HTTP/1.1', close, '', '']],
    [
      'a length that is none',
      ['POST /api/v1/auth/guest HTTP/1.1', 'Host: x', 'Content-Length: many', '', ''],
    ],
    [
      'two ways of telling the length',
      [
        'POST /api/v1/auth/guest HTTP/1.1',
        'Host: x',
        'Content-Length: 5',
        'Transfer-Encoding: chunked',
        '',
        '0',
        '',
        '',
      ],
    ],
    [
      'a piece whose length is none',
      [
        'POST /api/v1/auth/guest HTTP/1.1',
        'Host: x',
        'Content-Type: application/json',
        'Transfer-Encoding: chunked',
        '',
        'zz',
        '{}',
        '',
      ],
    ],
  ])('is answered as malformed when it has %s', async (_what, lines) => {
    expectProblem(await send(...lines), 400, 'malformed_request');
  });

  it('is answered as too large when it has 20 KB of headers', async () => {
    const lines = ['GET /api/v1/models HTTP/1.1', 'Host: x', `X-Long: ${'x'.repeat(20_000)}`, '', ''];
    expectProblem(await send(...lines), 431, 'request_headers_too_large');
  });

  it('is answered where it expects what nobody can do', async () => {
    const answer = await send('GET /health/live HTTP/1.1', 'Host: x', 'Expect: miracles', close, '', '');
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('carries the headers of every other answer', async () => {
    const { headers } = await send('nonsense', '', '');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('connection')).toBe('close');
  });

  it('gets no answer in the middle of another', async () => {
    const ana = await Client.guest(parley.url);
    const { id } = await ana.conversation();
    const question = JSON.stringify({ content: 'Is it cold?' });
    const socket = openSocket(parley.url);
    socket.write(
      [
        `POST /api/v1/conversations/${id}/messages/stream HTTP/1.1`,
        'Host: x',
        `Authorization: Bearer ${ana.tokens!.accessToken}`,
        'Content-Type: application/json',
        `Content-Length: ${question.length}`,
        '',
        question,
      ].join('\r\n'),
    );
    socket.once('data', () => socket.write('nonsense\r\n\r\n'));
    const received = await text(socket);
    expect(received).toContain('event: message.created');
    expect(received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('leaves the server serving others', async () => {
    await sendRaw(parley.url, 'nonsense', '', '');
    expect((await new Client(parley.url).get('//health/live')).status).toBe(200);
  });
});
