import Mocha from 'mocha';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './mochaRun';
import { runInExtensionHost } from './extensionHost';
import type { Tally } from './tally';

/** A kind of tests, which differs from the others in where it runs. */
export interface Layer {
  /** As in `npm run test:NAME`. */
  readonly name: string;
  /** One line for the output. */
  readonly title: string;
  /** Whether it needs the embedded VS Code. */
  readonly inWorkbench: boolean;
  run(): Promise<Tally>;
}

/** All layers in the order in which `npm test` runs them: the fastest and most specific first. */
export const layers: readonly Layer[] = [
  { name: 'unit', title: 'Unit tests in Node', inWorkbench: false, run: () => runFolder('unit', 60_000, true) },
  { name: 'workbench', title: 'The suite inside the extension host', inWorkbench: true, run: runInExtensionHost },
  {
    name: 'ui',
    title: 'UI tests in the workbench in Chromium',
    inWorkbench: true,
    run: () => runFolder('ui', 300_000),
  },
  {
    name: 'package',
    title: 'The packed extension in a clean VS Code',
    inWorkbench: true,
    run: () => runFolder('package', 300_000),
  },
];

/** The module that each worker of a parallel run loads first. */
export const hooksOfWorkers = resolve('dist', 'scripts', 'progress.hooks.mjs');

/**
 * Runs the built tests of `dist/test/NAME`, two files at a time if `inParallel`, which is impossible for windows that need
 * the keyboard focus. `timeout` (ms) is for one test; a test that takes a twentieth of it is reported as slow.
 * `UNROLL_TESTS` is a regular expression that selects tests by title.
 */
async function runFolder(name: string, timeout: number, inParallel = false): Promise<Tally> {
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: 'spec',
    timeout,
    slow: timeout / 20,
    parallel: inParallel,
    jobs: 2,
    ...(inParallel ? { require: [hooksOfWorkers] } : {}),
  });
  if (process.env['UNROLL_TESTS']) mocha.grep(new RegExp(process.env['UNROLL_TESTS']));
  const folder = resolve('dist', 'test', name);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.mjs'));
  files.sort().forEach((file) => mocha.addFile(join(folder, file)));
  await mocha.loadFilesAsync();
  return run(mocha);
}
