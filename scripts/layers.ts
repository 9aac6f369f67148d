import Mocha from 'mocha';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './mochaRun';
import { runInExtensionHost } from './extensionHost';
import type { Tally } from './tally';
import { runInWebHost } from './webHost';

/** A kind of tests, which differs from the others in where it runs. */
export interface Layer {
  /** As in `npm run test:NAME`. */
  readonly name: string;
  /** One line for the output. */
  readonly title: string;
  /** Whether it needs the embedded VS Code. */
  readonly inWorkbench: boolean;
  /** The number of processes that share its files. */
  readonly parts: number;
  /**
   * Whether suites with failures are run once more, by themselves, and the second results count. VS Code offers no signal
   * for much of what a test in its window has to wait for; a fault of the product fails twice.
   */
  readonly runsFailedAgain: boolean;
  run(part: Part): Promise<Tally>;
}

/** One process of a layer, from 0. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

/** All layers in the order in which `npm test` runs them: the fastest and most specific first. */
export const layers: readonly Layer[] = [
  {
    name: 'unit',
    title: 'Unit tests in Node',
    inWorkbench: false,
    parts: 1,
    runsFailedAgain: false,
    run: (part) => runFolder('unit', 60_000, part, true),
  },
  {
    name: 'workbench',
    title: 'The suite inside the extension host',
    inWorkbench: true,
    parts: 1,
    runsFailedAgain: true,
    run: runInExtensionHost,
  },
  {
    name: 'webHost',
    title: 'The suite inside the extension host of a browser',
    inWorkbench: true,
    parts: 1,
    runsFailedAgain: false,
    run: runInWebHost,
  },
  {
    name: 'ui',
    title: 'UI tests in the workbench in Chromium',
    inWorkbench: true,
    // Each has a browser of its own, so that its windows have the keyboard focus.
    parts: 3,
    runsFailedAgain: true,
    run: (part) => runFolder('ui', 300_000, part),
  },
  {
    name: 'package',
    title: 'The packed extension in a clean VS Code',
    inWorkbench: true,
    parts: 1,
    runsFailedAgain: true,
    run: (part) => runFolder('package', 300_000, part),
  },
];

/** The module that each worker of a parallel run loads first. */
export const hooksOfWorkers = resolve('dist', 'scripts', 'progress.hooks.mjs');

/** A file of tests and its size in bytes. */
export interface TestFile {
  readonly path: string;
  readonly bytes: number;
}

/** The files of one part: every part has about as many bytes of tests, and every file is in exactly one. */
export function filesOf(files: readonly TestFile[], { index, of }: Part): readonly string[] {
  const parts = Array.from({ length: of }, () => ({ bytes: 0, paths: [] as string[] }));
  const bySize = [...files].sort((a, b) => b.bytes - a.bytes || a.path.localeCompare(b.path));
  for (const { path, bytes } of bySize) {
    const smallest = parts.reduce((least, part) => (part.bytes < least.bytes ? part : least));
    smallest.bytes += bytes;
    smallest.paths.push(path);
  }
  return parts[index].paths.sort();
}

/**
 * Runs one part of the built tests of `dist/test/NAME`, two files at a time if `inParallel`, which is impossible for
 * windows of one browser that need the keyboard focus. `timeout` (ms) is for one test; a test that takes a twentieth of
 * it is reported as slow. `UNROLL_TESTS` is a regular expression that selects tests by title.
 */
async function runFolder(name: string, timeout: number, part: Part, inParallel = false): Promise<Tally> {
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
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.mjs'))
    .map((path) => ({ path, bytes: statSync(join(folder, path)).size }));
  for (const path of filesOf(files, part)) mocha.addFile(join(folder, path));
  await mocha.loadFilesAsync();
  return run(mocha, { bySuite: !inParallel });
}
