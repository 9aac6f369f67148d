import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { noticesFile, noticesOf, runnerBundles } from './notices';

/** The files of the package of the terminal runner: its kernels are in the bundles, and the page is for HTML files. */
export const runnerFiles = [
  'LICENSE',
  'README.md',
  noticesFile,
  'dist/cli.mjs',
  'dist/webview/main.css',
  'dist/webview/main.js',
  'dist/webview/recorded.css',
  'dist/webview/recorded.js',
  'dist/workerThread.cjs',
  'package.json',
] as const;

/** The keys that the package has from that of the extension, where they are decided. */
const sharedKeys = [
  'name',
  'version',
  'author',
  'license',
  'homepage',
  'repository',
  'bugs',
  'keywords',
  'type',
  'bin',
];

/**
 * Packs the terminal runner, built for production, with `npm pack` into `dist/NAME-VERSION.tgz`, and returns that path.
 * The package is made in `dist/runner`: the one at the root is the extension, whose libraries are bundled here.
 *
 * @throws with the output of the build or of npm when one of them fails
 */
export function packRunner(): string {
  runNode('The runner was not built', ['esbuild.mjs', '--production']);
  const folder = resolve('dist', 'runner');
  rmSync(folder, { recursive: true, force: true });
  const put = (file: (typeof runnerFiles)[number], from: string = file): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(from, join(folder, file));
  };
  put('LICENSE');
  put('README.md', join('scripts', 'runner', 'README.md'));
  for (const file of runnerFiles) if (file.startsWith('dist/')) put(file);
  chmodSync(join(folder, 'dist', 'cli.mjs'), 0o755);
  writeFileSync(join(folder, noticesFile), noticesOf(runnerBundles));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`);
  const output = npm(['pack', folder, '--pack-destination', resolve('dist'), '--ignore-scripts', '--json']);
  const [packed] = JSON.parse(output) as readonly { readonly filename: string; readonly size: number }[];
  if (packed === undefined) throw new Error(`npm pack names no file:\n${output}`);
  const file = resolve('dist', packed.filename);
  console.log(`${file}: ${Math.round(packed.size / 1000)} kB`);
  return file;
}

function manifest(): Readonly<Record<string, unknown>> {
  const extension = JSON.parse(readFileSync('package.json', 'utf8')) as Readonly<Record<string, unknown>> & {
    readonly engines: { readonly node: string };
  };
  return {
    ...Object.fromEntries(sharedKeys.flatMap((key) => (key in extension ? [[key, extension[key]]] : []))),
    description: 'Trains recurrent networks with backpropagation through time in a terminal: the runner of Unroll.',
    engines: { node: extension.engines.node },
    files: runnerFiles.filter((file) => file.startsWith('dist/') || file === noticesFile),
  };
}

/**
 * Runs npm, and returns its standard output.
 *
 * @throws with its output when it fails
 */
export function npm(parameters: readonly string[], folder = '.'): string {
  // npm passes its own path to scripts, which is right even when another npm comes first on the PATH.
  const own = process.env['npm_execpath'];
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = own?.endsWith('.js')
    ? spawnSync(process.execPath, [own, ...parameters], options)
    : spawnSync('npm', parameters, { ...options, shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`npm ${parameters.join(' ')} failed (exit code ${status}):\n${stdout}${stderr}`);
  return stdout;
}

function runNode(failure: string, parameters: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${failure} (exit code ${String(status)}):\n${stdout}${stderr}`);
}
