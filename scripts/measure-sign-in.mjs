// Whether the time of a refused sign-in tells if the name exists: `npm run measure:sign-in -- http://localhost:3000`, against a
// server that runs with RATE_LIMITS=off. Unknown names and wrong passwords take turns, so that both see the same machine.
import { randomBytes } from 'node:crypto';

const TRIES = 200;
const url = `${process.argv[2] ?? 'http://localhost:3000'}/api/v1/auth`;
const name = `measured-${randomBytes(4).toString('hex')}`;

const post = (path, body) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

async function timeOf(username) {
  const password = randomBytes(12).toString('hex');
  const start = performance.now();
  const answer = await post('/login', { username, password });
  await answer.text();
  const ms = performance.now() - start;
  if (answer.status !== 401) throw new Error(`expected 401, got ${answer.status}: is RATE_LIMITS off?`);
  return ms;
}

const quantile = (times, share) => [...times].sort((a, b) => a - b)[Math.floor(share * (times.length - 1))];
const show = (label, times) =>
  console.log(
    `${label}: median ${quantile(times, 0.5).toFixed(1)} ms, 5 % ${quantile(times, 0.05).toFixed(1)} ms, 95 % ${quantile(times, 0.95).toFixed(1)} ms`,
  );

const registered = await post('/register', { username: name, password: randomBytes(12).toString('hex') });
if (registered.status !== 201) throw new Error(`could not register: ${registered.status}`);

const [unknown, wrong] = [[], []];
for (let n = -10; n < TRIES; n++) {
  const pair = [
    [wrong, name],
    [unknown, `nobody-${randomBytes(4).toString('hex')}`],
  ];
  if (n % 2 === 0) pair.reverse(); // neither is always the second
  for (const [times, username] of pair) {
    const ms = await timeOf(username);
    if (n >= 0) times.push(ms); // the first ones warm up
  }
}

show('wrong password', wrong);
show('unknown name  ', unknown);
const ratio = quantile(unknown, 0.5) / quantile(wrong, 0.5);
console.log(`unknown / wrong, by medians over ${TRIES} tries each: ${ratio.toFixed(3)}`);
process.exitCode = Math.abs(ratio - 1) <= 0.1 ? 0 : 1;
