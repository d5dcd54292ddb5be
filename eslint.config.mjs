import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const NODE_GLOBALS = Object.fromEntries(
  Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']),
);
const TEST_FILES = ['test/**/*.ts', 'src/**/*.spec.ts', 'web/src/**/*.spec.ts'];
const TEST_SUITES = ['**/*.spec.ts', 'test/contracts/**/*.ts'];

// `no-warning-comments` cannot tell work that has an issue from work that nobody will find again.
const todoNamesIssue = {
  create: ({ report, sourceCode }) => ({
    Program() {
      for (const comment of sourceCode.getAllComments()) {
        if (/\bTODO\b(?!\(#\d+\))/i.test(comment.value)) {
          report({ loc: comment.loc, message: 'Name the issue: TODO(#12).' });
        }
      }
    },
  }),
};

/** Beyond what typescript-eslint recommends. */
const STRICTER = [
  'no-deprecated',
  'no-dynamic-delete',
  'no-generated-empty-object-type',
  'no-invalid-void-type',
  'no-mixed-enums',
  'no-unnecessary-boolean-literal-compare',
  'no-unnecessary-template-expression',
  'no-unnecessary-type-arguments',
  'no-unnecessary-type-conversion',
  'no-unnecessary-type-parameters',
  'no-unsafe-enum-assignment',
  'no-useless-constructor',
  'no-useless-default-assignment',
  'prefer-literal-enum-member',
  'prefer-reduce-type-parameter',
  'prefer-return-this-type',
  'related-getter-setter-pairs',
  'return-await',
  'switch-exhaustiveness-check',
  'unified-signatures',
  'use-unknown-in-catch-callback-variable',
];

const PASSING_ON = { allowThrowingAny: true, allowThrowingUnknown: true };
const DEEP_NEST_IMPORT = { group: ['@nestjs/*/*'], message: 'docs/adr/0004-stay-on-nest-11-commonjs.md' };

// A block replaces the option list of an earlier one, so each list below is complete for its files.
const TEST_SYNTAX = [
  {
    selector:
      'CallExpression[callee.object.name="jest"][callee.property.name=/[mM]ock/][arguments.0.value=/^[.]/]',
    message: 'Pass a fake in: our own modules are never mocked.',
  },
  {
    selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo)$/]',
    message: 'No test is left out, and none runs alone.',
  },
  ...['arguments.0.value', 'arguments.0.quasis.0.value.raw'].flatMap((title) =>
    ['callee.name', 'callee.callee.object.name', 'callee.tag.object.name'].map((callee) => ({
      selector: `CallExpression[${callee}=/^(describe|it|test)$/][${title}=/\\bshould\\b/i]`,
      message: 'A title is a promise in the present tense, without "should".',
    })),
  ),
];

export default defineConfig(
  globalIgnores([
    '**/dist/',
    'coverage/',
    '.parley/',
    'web/src/api/contract.d.ts',
    'test/clients/*/generated/',
    'examples/openapi-fetch/parley.d.ts',
  ]),
  {
    // A check that a comment can switch off is a check that somebody will switch off.
    linterOptions: { noInlineConfig: true },
    plugins: { parley: { rules: { 'todo-names-issue': todoNamesIssue } } },
    extends: [js.configs.recommended],
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', 300],
      'no-warning-comments': ['error', { terms: ['fixme', 'xxx'], location: 'anywhere' }],
      'parley/todo-names-issue': 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...Object.fromEntries(STRICTER.map((rule) => [`@typescript-eslint/${rule}`, 'error'])),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/max-params': ['error', { max: 5 }],
      // A Nest module is an empty class: its decorator is what it says.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // The reason of a signal is `any`, and what was caught is `unknown`; both are passed on.
      '@typescript-eslint/only-throw-error': ['error', PASSING_ON],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', PASSING_ON],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['src/**/*.controller.ts'],
    // Each parameter of a handler is one part of the request.
    rules: { '@typescript-eslint/max-params': ['error', { max: 8 }] },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'web/src/**/*.{ts,tsx}'],
    ignores: TEST_SUITES, // a `describe` is one long function; so is a migration's `up`, hence no migrations here
    rules: { 'max-lines-per-function': ['error', 40] },
  },
  {
    files: ['web/src/**/*.tsx'], // most lines of a component are what it looks like
    rules: { 'max-lines-per-function': ['error', 60] },
  },
  {
    files: ['src/**/*.ts', 'migrations/**/*.ts'],
    ignores: ['src/cli/**', 'src/**/*.spec.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['src/**/*.ts', 'migrations/**/*.ts'],
    ignores: ['src/config/**', 'src/cli/**', 'src/main.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: ['process', 'node:process'], patterns: [DEEP_NEST_IMPORT] },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read it in src/config and inject Config.' },
      ],
    },
  },
  {
    files: TEST_FILES,
    rules: {
      'no-restricted-syntax': ['error', ...TEST_SYNTAX],
    },
  },
  {
    // What these import is generated when they are tested; that test checks their types. Each lists all operations in one function.
    files: ['test/clients/*/calls.ts', 'examples/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: { globals: NODE_GLOBALS },
  },
  {
    files: ['web/public/*.js'],
    languageOptions: { globals: { localStorage: 'readonly', document: 'readonly' } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', __dirname: 'readonly' },
    },
  },
  prettier,
);
