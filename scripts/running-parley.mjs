// The built product on a database of its own, before a model whose answers are given here; and a browser. For the scripts beside it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const MAIN = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
const PORT = 21_500;
const CHUNK_CHARS = 24;

/** `answerTo` a question, as text. Every model of `models` gives it. */
export async function startParley(answerTo, models = ['demo-large', 'demo-small'], environment = {}) {
  const model = createServer(async (request, response) => {
    const text = answerTo((await json(request)).messages.at(-1).content);
    const send = (data) => response.write(`data: ${JSON.stringify(data)}\n\n`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let at = 0; at < text.length; at += CHUNK_CHARS)
      send({
        choices: [{ index: 0, delta: { content: text.slice(at, at + CHUNK_CHARS) }, finish_reason: null }],
      });
    send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    response.end('data: [DONE]\n\n');
  }).listen(0, '127.0.0.1');
  await once(model, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'parley-page-'));
  const env = {
    ...{
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(PORT),
      DATA_DIR: folder,
      LOG_LEVEL: 'error',
    },
    ...{ RATE_LIMITS: 'off', LLM_MODELS: models.join(','), ...environment },
    LLM_BASE_URL: `http://127.0.0.1:${model.address().port}/v1`,
  };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  process.once('exit', () => child.kill('SIGTERM')); // a script that fails leaves nothing behind
  const url = `http://127.0.0.1:${PORT}`;
  while ((await fetch(`${url}/health/ready`).catch(() => null))?.status !== 200) {
    if (child.exitCode !== null) throw new Error('Parley ended.');
    await sleep(50);
  }
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    model.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop };
}

export function startChromium() {
  const places = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium-headless-shell',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const executablePath = places.find((path) => path && existsSync(path));
  if (!executablePath)
    throw new Error('No Chromium here: install it (CONTRIBUTING.md), or set CHROMIUM_PATH.');
  return chromium.launch({ executablePath });
}
