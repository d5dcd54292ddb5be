// The import law. A room is a folder of src; a room without a row here may import nothing.
const LLM_PORT = ['llm/chat-model.ts', 'llm/llm.module.ts'];

const ROOMS = {
  common: [],
  config: [],
  database: ['config/', 'common/'],
  llm: ['common/', 'config/'],
  users: ['audit/audit-line.ts', 'database/', 'common/'], // ADR 0009: a line of the log is written with its deed
  auth: ['users/', 'audit/', 'database/', 'common/', 'config/'],
  usage: ['database/', 'common/', 'config/'],
  idempotency: ['database/', 'common/', 'config/'],
  conversations: [...LLM_PORT, 'usage/', 'idempotency/', 'database/', 'common/', 'config/'],
  account: ['users/', 'auth/', 'conversations/', 'usage/', 'audit/', 'common/', 'config/'],
  audit: ['database/', 'common/', 'config/'],
  telemetry: ['common/', 'config/'],
  page: ['common/', 'config/'],
  questions: ['conversations/', 'usage/', 'idempotency/', ...LLM_PORT, 'common/', 'config/'],
  completions: ['conversations/', 'usage/', 'idempotency/', ...LLM_PORT, 'common/', 'config/'],
  health: ['database/', 'llm/', 'common/', 'config/'],
};

// These put the product together, so they may import anything.
const ASSEMBLY = ['^src/(main|serve)[.]ts$', '^src/app[.][^/]+$', '^src/cli/'];
const SPEC = '[.]spec[.]ts$';

// Who alone may import a package. Its typings, where they are a package of their own, count as well.
const PACKAGES = {
  typeorm: { path: 'typeorm', home: ['^src/database/', '[.](entity|repository)[.]ts$', '^migrations/'] },
  'nestjs-typeorm': { path: '@nestjs/typeorm', home: ['^src/database/', '[.](repository|module)[.]ts$'] },
  pg: { path: 'pg', home: ['^src/database/', '[.]repository[.]ts$'] },
  openai: { path: 'openai', home: ['^src/llm/openai/'] },
  passport: { path: 'passport[^/]*', home: ['^src/auth/'] },
  'nestjs-jwt': { path: '@nestjs/(jwt|passport)', home: ['^src/auth/'] },
  sockets: { path: '(ws|proxy-addr)', home: ['^src/conversations/sockets/'] },
  'prom-client': {
    path: 'prom-client',
    home: ['^src/telemetry/', '-metrics[.]ts$', '^src/llm/llm[.]module[.]ts$', SPEC],
  },
  terminus: { path: '@nestjs/terminus', home: ['^src/health/'] },
};

const literally = (text) => text.replaceAll('.', '[.]');
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const roomRules = Object.entries(ROOMS).map(([room, allowed]) =>
  forbid(
    `${room}-imports`,
    `${room} may import of ours: ${allowed.join(', ') || 'nothing'}`,
    { path: `^src/${room}/` },
    { path: '^src/', pathNot: [room + '/', ...allowed].map((path) => `^src/${literally(path)}`) },
  ),
);

const packageRules = Object.entries(PACKAGES).map(([name, { path, home }]) =>
  forbid(
    `${name}-has-a-home`,
    `Packages like ${path} are imported in their home alone`,
    { path: '^(src|migrations)/', pathNot: [...home, ...ASSEMBLY] },
    { path: `(^|node_modules/|node_modules/@types/)${path}(/|$)` },
  ),
);

module.exports = {
  forbidden: [
    ...roomRules,
    ...packageRules,
    forbid(
      'rooms-have-a-row',
      'A new room needs its row in the import law first',
      { path: '^src/[^/]+/', pathNot: [...ASSEMBLY, `^src/(${Object.keys(ROOMS).join('|')})/`] },
      {},
    ),
    forbid(
      'queries-stay-in-their-room',
      'A module exports services and ports, never a repository. What services return may be an entity',
      { path: '^src/([^/]+)/', pathNot: ASSEMBLY },
      { path: '^src/[^/]+/.*[.]repository[.]ts$', pathNot: '^src/$1/' },
    ),
    forbid(
      'replies-know-no-transport',
      'HTTP, event streams and sockets subscribe to the reply engine, not the other way round',
      { path: '^src/conversations/replies/' },
      {
        path: [
          '^src/common/(http|sse)/',
          '[.](controller|gateway)[.]ts$',
          '(^|node_modules/|node_modules/@types/)express(/|$)',
        ],
      },
    ),
    forbid(
      'migrations-import-nothing',
      'A released migration must not change with the code',
      { path: '^migrations/' },
      { path: '^src/' },
    ),
    forbid(
      'src-never-imports-test',
      'Fakes and factories are for tests',
      { path: '^(src|migrations)/', pathNot: SPEC },
      { path: `^test/|${SPEC}` },
    ),
    forbid(
      'src-runs-without-dev-dependencies',
      'The image has none',
      { path: '^(src|migrations)/', pathNot: SPEC },
      { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    ),
    forbid(
      'no-barrels',
      'Import from the file that declares',
      {},
      { path: '/index[.]ts$', pathNot: 'node_modules' },
    ),
    forbid(
      'no-re-exports',
      'Import from the file that declares',
      { path: '^(src|test)/' },
      { dependencyTypes: ['export'] },
    ),
    forbid(
      'two-folders-under-src',
      'Deeper folders hide what they hold',
      {},
      { path: '^src/[^/]+/[^/]+/[^/]+/' },
    ),
    forbid('no-cycles', 'Files that need each other are one file, or one too many', {}, { circular: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: '^test/clients/[^/]+/generated/',
    tsPreCompilationDeps: true, // types too: a room that names another room's type depends on it
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
