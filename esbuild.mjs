// Builds everything that runs: the extension, its worker, the headless runner, the webview, the JSON Schema and the
// tests. `--production` minifies and leaves the tests out; `--watch` rebuilds at every change.
import { build, context } from 'esbuild';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { embedsKernels } from './src/engine/kernels/assembly/compile.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

// CommonJS packages call `require` even inside a module.
const requireInModules =
  "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);";

const shared = {
  bundle: true,
  metafile: true,
  target: 'es2022',
  sourcemap: !production,
  minify: production,
  // The `main` of several packages is a UMD wrapper that bundlers can't follow; their `module` is a plain module.
  mainFields: ['module', 'main'],
  // The parts of exported Python programs.
  loader: { '.py': 'text' },
  logLevel: 'warning',
};
const script = { ...shared, platform: 'node', format: 'cjs' };
const module = { ...shared, platform: 'node', format: 'esm', banner: { js: requireInModules } };
/** What runs in a browser beside the page: where a `*.node.ts` file is imported, its twin `*.web.ts` is taken. */
const browser = { ...shared, platform: 'browser', mainFields: ['browser', 'module', 'main'], plugins: [takesTwins()] };
const page = { ...shared, platform: 'browser', format: 'iife', mainFields: ['browser', 'module', 'main'] };

/** The bundles of the product; `name` is also the name of the metafile in dist/meta/. */
const product = [
  { ...script, name: 'extension', entry: 'src/extension.ts', outfile: 'dist/extension.cjs', external: ['vscode'] },
  { ...script, name: 'trainer', entry: 'src/trainer/process.node.ts', outfile: 'dist/trainer.cjs' },
  {
    ...browser,
    name: 'extension.web',
    format: 'cjs',
    entry: 'src/extension.ts',
    outfile: 'dist/extension.web.js',
    external: ['vscode'],
  },
  {
    ...browser,
    name: 'trainer.web',
    format: 'iife',
    entry: 'src/trainer/worker.web.ts',
    outfile: 'dist/trainer.web.js',
  },
  { ...script, name: 'watchThread', entry: 'src/trainer/watchThread.node.ts', outfile: 'dist/watchThread.cjs' },
  {
    ...script,
    name: 'workerThread',
    entry: 'src/trainer/training/workerThread.node.ts',
    outfile: 'dist/workerThread.cjs',
  },
  { ...module, name: 'cli', entry: 'src/cli.ts', outfile: 'dist/cli.mjs' },
  { ...page, name: 'webview', entry: 'webview/page/main.ts', outfile: 'dist/webview/main.js' },
  // The host of a page in one HTML file.
  { ...page, name: 'recorded', entry: 'webview/recorded/recordedHost.ts', outfile: 'dist/webview/recorded.js' },
  {
    ...module,
    name: 'schema',
    entry: 'src/experiment/schema/jsonSchema.ts',
    outfile: 'dist/meta/schema.mjs',
    plugins: [writesSchema('dist/experiment.schema.json')],
  },
];

// Development dependencies are loaded from node_modules, never bundled.
const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const external = ['vscode', ...Object.keys(devDependencies)];

/** The bundles of the tests: modules for Node.js, and the suite that runs inside the extension host. */
const tests = [
  {
    ...module,
    name: 'tests',
    entries: [
      ...filesIn('scripts', '.command.ts'),
      ...filesIn('scripts', '.hooks.ts'),
      ...['.test.ts', '.bench.ts', '.command.ts'].flatMap((ending) => filesIn('test', ending)),
    ],
    splitting: true,
    chunkNames: 'test/chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    external,
  },
  {
    ...script,
    name: 'workbench',
    entries: ['test/workbench/index.ts', ...filesIn('test/workbench', '.suite.ts')],
    outExtension: { '.js': '.cjs' },
    external,
  },
  {
    ...browser,
    name: 'webHost',
    format: 'cjs',
    entries: ['test/webHost/index.ts'],
    external: ['vscode'],
    plugins: [takesTwins(), takesTestPackages()],
    define: { global: 'globalThis' },
    inject: ['test/webHost/process.ts'],
  },
];

/** The files at any depth under `folder` whose names end in `ending`, without those in node_modules. */
function filesIn(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .sort();
}

/** Writes the metafile of a bundle, for the tests that compare the import rules with the bundles. */
function writesMetafile(name) {
  return {
    name: 'metafile',
    setup: ({ onEnd }) =>
      onEnd(({ metafile }) => {
        if (metafile) writeFileSync(`dist/meta/${name}.json`, JSON.stringify(metafile));
      }),
  };
}

/**
 * What suites import, for a browser: the package `assert` for the assertions of Node.js, and the build of Mocha for
 * browsers, a script that its package declares to be a module.
 */
function takesTestPackages() {
  const contents = new Map([
    ['node:assert/strict', () => "module.exports = require('assert').strict;"],
    ['mocha/mocha', () => readFileSync('node_modules/mocha/mocha.js', 'utf8')],
  ]);
  return {
    name: 'testPackages',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^(?:node:assert\/strict|mocha\/mocha)$/ }, ({ path }) => ({ path, namespace: 'test' }));
      onLoad({ filter: /.*/, namespace: 'test' }, ({ path }) => ({
        contents: contents.get(path)?.() ?? '',
        resolveDir: resolve('.'),
      }));
    },
  };
}

/** Takes the twin for a browser of a file for Node.js, and fails where it has none. */
function takesTwins() {
  return {
    name: 'twins',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\..*\.node$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, `${path.replace(/\.node$/, '.web')}.ts`),
      })),
  };
}

/** Generates the JSON Schema from the module that the types and the validator are derived from. */
function writesSchema(file) {
  return {
    name: 'schema',
    setup: ({ initialOptions, onEnd }) =>
      onEnd(async ({ errors }) => {
        if (errors.length > 0) return;
        const url = pathToFileURL(resolve(initialOptions.outfile));
        // Node.js caches modules by URL, and the watcher needs each new build.
        const { jsonSchema } = await import(`${url}?built=${Date.now()}`);
        writeFileSync(file, JSON.stringify(jsonSchema()));
      }),
  };
}

function configurations() {
  const products = product.map(({ entry, ...row }) => ({ ...row, entryPoints: [entry] }));
  const suites = tests.map(({ entries, ...row }) => ({
    ...row,
    entryPoints: entries,
    outbase: '.',
    outdir: 'dist',
  }));
  return (production ? products : [...products, ...suites]).map(({ name, plugins = [], ...options }) => ({
    ...options,
    plugins: [...plugins, embedsKernels, writesMetafile(name)],
  }));
}

// Removes built tests whose source no longer exists. (Not in a production build, which a test may start.)
if (!production) for (const folder of ['dist/test', 'dist/scripts']) rmSync(folder, { recursive: true, force: true });
mkdirSync('dist/meta', { recursive: true });

if (watch) {
  for (const options of configurations()) await (await context(options)).watch();
  console.log('Watching. Ctrl+C ends it.');
} else {
  const results = await Promise.allSettled(configurations().map((options) => build(options)));
  const failures = results.filter(({ status }) => status === 'rejected');
  for (const { reason } of failures) {
    // esbuild has printed its own errors by now; what a plugin threw, for instance, it has not.
    if (!Array.isArray(reason?.errors)) console.error(reason);
  }
  process.exitCode = failures.length > 0 ? 1 : 0;
}
