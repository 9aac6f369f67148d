// @ts-check
// The import law of the house: who may import whom, and which packages. The lint rule beside it enforces this table
// file by file, and the tests hold it against the bundles.

/**
 * @typedef {object} Room
 * @property {string} folder where it lies, or its only file
 * @property {readonly string[]} imports rooms it may use
 * @property {readonly string[]} [types] rooms it may import types of, and nothing else
 * @property {boolean} pure runs anywhere: no `vscode`, no DOM, and no Node but in its `*.node.ts` files
 * @property {readonly string[]} [packages] of the packages in `guardedPackages`, those it may import
 */

/** Rooms that anyone above the worker may use. */
const pureRooms = ['engine', 'experiment', 'protocol', 'data', 'run', 'diagnosis', 'text'];

/** What the law says of a room that shows or serves a session. */
const onSession = { imports: [...pureRooms, 'platform', 'session'], pure: false, packages: ['vscode'] };

/** @type {Readonly<Record<string, Room>>} */
export const rooms = {
  engine: { folder: 'src/engine', imports: [], pure: true },
  text: { folder: 'src/text', imports: [], pure: true },
  experiment: { folder: 'src/experiment', imports: [], pure: true },
  protocol: { folder: 'src/protocol', imports: [], types: ['experiment', 'run', 'diagnosis'], pure: true },
  data: { folder: 'src/data', imports: ['experiment'], pure: true },
  run: { folder: 'src/run', imports: ['engine', 'experiment', 'text'], pure: true },
  diagnosis: { folder: 'src/diagnosis', imports: ['run', 'experiment', 'protocol'], pure: true },
  trainer: { folder: 'src/trainer', imports: pureRooms, pure: false },
  platform: { folder: 'src/platform', imports: pureRooms, pure: false, packages: ['vscode'] },
  session: { folder: 'src/session', imports: [...pureRooms, 'platform'], pure: false, packages: ['vscode'] },
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
    imports: [...pureRooms, 'platform', 'session', 'editor', 'panel', 'views', 'export'],
    pure: false,
    packages: ['vscode'],
  },
  webview: {
    folder: 'webview',
    imports: ['protocol', 'charts', 'ui'],
    types: ['experiment', 'run', 'diagnosis'],
    pure: false,
  },
  charts: { folder: 'webview/charts', imports: ['webview', 'protocol'], pure: false, packages: ['chart.js'] },
  ui: { folder: 'webview/ui', imports: ['webview'], pure: false, packages: ['@vscode/webview-ui-toolkit'] },
};

/** Packages with a door of their own: only rooms that name them may import them. */
export const guardedPackages = ['vscode', 'chart.js', '@vscode/webview-ui-toolkit'];

/** What only Node, only a page or only a worker has; a pure room names none of it. */
export const hostGlobals = [
  ...['process', 'Buffer', 'require', 'global', '__dirname', '__filename', 'setImmediate'],
  ...['window', 'document', 'navigator', 'location', 'localStorage', 'HTMLElement', 'requestAnimationFrame'],
  ...['self', 'postMessage', 'Worker', 'fetch', 'XMLHttpRequest'],
];

/**
 * The room of a file, by its path from the root of the repository; of nested rooms the inner one.
 * @param {string} file with forward slashes
 * @returns {string | undefined} undefined outside the rooms: tests, and the build
 */
export function roomOf(file) {
  return Object.keys(rooms)
    .filter((name) => file === rooms[name]?.folder || file.startsWith(`${String(rooms[name]?.folder)}/`))
    .sort((one, other) => String(rooms[other]?.folder).length - String(rooms[one]?.folder).length)[0];
}
