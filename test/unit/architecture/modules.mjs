// @ts-check
// The modules of the source and what each may import. The lint rule beside this file enforces the table file by file,
// and the tests compare it with the bundles and with the drawing in ARCHITECTURE.md.

/**
 * @typedef {object} Module
 * @property {string} folder its folder, or its only file
 * @property {readonly string[]} imports modules it may import
 * @property {readonly string[]} [types] modules it may import types of, only
 * @property {boolean} pure runs anywhere: no `vscode`, no DOM, and no Node except in its `*.node.ts` files
 * @property {readonly string[]} [packages] those of `guardedPackages` that it may import
 */

/** Modules that every module of a process may use. */
const pureModules = [
  ...[
    'engine',
    'experiment',
    'protocol',
    'data',
    'run',
    'series',
    'diagnosis',
    'checks',
    'lessons',
    'share',
    'tools',
    'text',
  ],
];

/** The imports of modules that show or serve a session. */
const onSession = { imports: [...pureModules, 'platform', 'session'], pure: false, packages: ['vscode'] };

/** @type {Readonly<Record<string, Module>>} */
export const modules = {
  engine: { folder: 'src/engine', imports: [], pure: true },
  text: { folder: 'src/text', imports: [], pure: true },
  experiment: { folder: 'src/experiment', imports: ['text'], pure: true },
  data: { folder: 'src/data', imports: ['experiment', 'text'], pure: true },
  run: { folder: 'src/run', imports: ['engine', 'experiment', 'series', 'text'], pure: true },
  series: { folder: 'src/run/series', imports: ['text'], types: ['run'], pure: true },
  diagnosis: { folder: 'src/diagnosis', imports: ['run', 'experiment', 'text'], pure: true },
  checks: { folder: 'src/checks', imports: ['experiment', 'run', 'text'], types: ['diagnosis'], pure: true },
  protocol: {
    folder: 'src/protocol',
    imports: ['text'],
    types: ['experiment', 'run', 'series', 'diagnosis', 'checks', 'lessons'],
    pure: true,
  },
  lessons: { folder: 'src/lessons', imports: ['experiment', 'text'], types: ['protocol'], pure: true },
  share: { folder: 'src/share', imports: ['protocol', 'run', 'text'], types: ['series'], pure: true },
  tools: {
    folder: 'src/tools',
    imports: ['protocol', 'diagnosis', 'checks', 'run', 'experiment', 'text'],
    pure: true,
  },
  trainer: { folder: 'src/trainer', imports: pureModules, pure: false },
  platform: { folder: 'src/platform', imports: pureModules, pure: false, packages: ['vscode'] },
  session: { folder: 'src/session', imports: [...pureModules, 'platform'], pure: false, packages: ['vscode'] },
  editor: { folder: 'src/editor', ...onSession },
  panel: { folder: 'src/panel', ...onSession },
  views: { folder: 'src/views', ...onSession },
  export: { folder: 'src/export', ...onSession },
  cli: {
    folder: 'src/cli.ts',
    imports: ['experiment', 'data', 'trainer', 'engine', 'run', 'protocol', 'text'],
    pure: false,
  },
  extension: {
    folder: 'src/extension.ts',
    imports: [...pureModules, 'platform', 'session', 'editor', 'panel', 'views', 'export'],
    pure: false,
    packages: ['vscode'],
  },
  webview: {
    folder: 'webview',
    imports: ['protocol', 'series', 'text', 'charts', 'ui'],
    types: ['experiment', 'run', 'diagnosis', 'lessons'],
    pure: false,
  },
  charts: { folder: 'webview/plot/charts', imports: ['webview', 'text'], pure: false, packages: ['chart.js'] },
  ui: { folder: 'webview/ui', imports: ['webview', 'text'], pure: false, packages: ['@vscode/webview-ui-toolkit'] },
};

/** Packages that only modules naming them may import. */
export const guardedPackages = ['vscode', 'chart.js', '@vscode/webview-ui-toolkit'];

/** Globals that only Node, only a page or only a worker has; a pure module uses none of them. */
export const hostGlobals = [
  ...['process', 'Buffer', 'require', 'global', '__dirname', '__filename', 'setImmediate'],
  ...['window', 'document', 'navigator', 'location', 'localStorage', 'HTMLElement', 'requestAnimationFrame'],
  ...['self', 'postMessage', 'Worker', 'fetch', 'XMLHttpRequest'],
];

/**
 * The module of a file, by its path from the root of the repository; of nested modules the inner one.
 * @param {string} file with forward slashes
 * @returns {string | undefined} undefined outside the modules: tests, scripts and the build
 */
export function moduleOf(file) {
  return Object.keys(modules)
    .filter((name) => file === modules[name]?.folder || file.startsWith(`${String(modules[name]?.folder)}/`))
    .sort((one, other) => String(modules[other]?.folder).length - String(modules[one]?.folder).length)[0];
}
