import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { bareCalls } from './test/unit/architecture/bareCalls.mjs';
import { importRule } from './test/unit/architecture/importRule.mjs';
import { hostGlobals, modules } from './test/unit/architecture/modules.mjs';

const pureFiles = Object.values(modules)
  .filter(({ pure }) => pure)
  .map(({ folder }) => `${folder}/**/*.ts`);

const numberFormatting = [
  {
    selector:
      'CallExpression > MemberExpression.callee[property.name=/^(toLocale(Date|Time)?String|toFixed|toPrecision|toExponential)$/]',
    message: 'Only src/text formats numbers and dates: call one of its functions, or add one there.',
  },
  { selector: "MemberExpression[object.name='Intl']", message: 'Only src/text formats numbers and dates.' },
];

const neverWritten = [
  { selector: 'ExportDefaultDeclaration', message: 'Give it a name: no default exports.' },
  { selector: 'TSNonNullExpression', message: 'Say what happens when it is missing: no non-null assertion.' },
];

export default defineConfig(
  globalIgnores([
    'dist/',
    '.vscode-test/',
    'node_modules/',
    'src/engine/kernels/assembly/',
    'media/',
    'test/fixtures/',
  ]),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { architecture: { rules: { imports: importRule } } },
    rules: {
      'architecture/imports': 'error',
      'no-restricted-syntax': ['error', ...neverWritten],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A question of a protocol may well have no parameters.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: pureFiles,
    ignores: ['**/*.node.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...hostGlobals.map((name) => ({ name, message: 'This module is pure: it runs in any host.' })),
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts'],
    ignores: ['src/text/**'],
    rules: { 'no-restricted-syntax': ['error', ...neverWritten, ...numberFormatting] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/**', 'src/text/**'],
    rules: { 'no-restricted-syntax': ['error', ...neverWritten, ...numberFormatting, ...bareCalls] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/run/storage/disk.node.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:fs', 'node:fs/promises'].map((name) => ({
            name,
            importNames: ['rename', 'rm', 'rmdir', 'unlink', 'renameSync', 'rmSync', 'rmdirSync', 'unlinkSync'],
            message: 'On Windows it fails while another program has the file open: use `disk` of run/storage.',
          })),
        },
      ],
    },
  },
  {
    files: ['src/text/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...neverWritten, ...bareCalls] },
  },
  {
    // Where noUncheckedIndexedAccess is off, the types promise elements that need not be there.
    files: ['test/**/*.ts', 'scripts/**/*.ts', 'src/engine/**/*.ts'],
    rules: { '@typescript-eslint/no-unnecessary-condition': 'off' },
  },
);
