import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Finding } from '../../../src/diagnosis/finding';
import { temporaryFolder } from '../../temporaryFolder';
import { findingsOf } from '../diagnosis/trainedFindings';

const runner = resolve('dist', 'cli.mjs');
const cases = resolve('test', 'fixtures', 'cases');

/** The folder of a case, by its number. */
function folderOf(number: string): string {
  const folder = readdirSync(cases).find((name) => name.startsWith(`${number}-`));
  assert.ok(folder !== undefined, `no case ${number}`);
  return join(cases, folder);
}

/** What the headless runner prints about an experiment of a case. */
interface Printed {
  readonly status: number | null;
  /** Its messages without the paths of the folder and of the run. */
  readonly text: string;
}

/** Trains an experiment of a case in a terminal. */
function train(number: string, name: string, ...options: readonly string[]): Printed {
  const folder = folderOf(number);
  const run = join(temporaryFolder('unroll-case-'), 'run');
  const { status, stderr } = spawnSync(
    process.execPath,
    [runner, join(folder, `${name}.rnn.json`), '--out', run, ...options],
    { encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' },
  );
  return { status, text: stderr.replaceAll(`${folder}/`, '').replaceAll(run, 'RUN') };
}

/** The experiment is refused with one message that is not longer than a few lines of an editor. */
export function refuses(number: string, name: string, message: RegExp, ...options: readonly string[]): void {
  const { status, text } = train(number, name, ...options);
  assert.equal(status, 1, text);
  assert.match(text, message);
  for (const line of text.split('\n'))
    assert.ok(line.length < 1000, `${line.length} characters: ${text.slice(0, 200)}`);
}

/** The experiment is trained for a few updates; returns what is printed. */
export function trains(number: string, name: string, ...options: readonly string[]): string {
  const { status, text } = train(number, name, '--steps', '3', ...options);
  assert.equal(status, 0, text);
  return text;
}

/** The findings at the end of a whole run of an experiment of a case. */
export function findings(number: string, name: string, change: object = {}): readonly Finding[] {
  const folder = folderOf(number);
  const written = JSON.parse(readFileSync(join(folder, `${name}.rnn.json`), 'utf8')) as Record<string, object>;
  const experiment = { ...written };
  for (const [key, value] of Object.entries(change)) experiment[key] = { ...written[key], ...(value as object) };
  const { csv, text } = (written['data'] ?? {}) as { csv?: string; text?: string };
  const file = csv ?? text;
  const files = new Map<string, Uint8Array>();
  if (file !== undefined && existsSync(join(folder, file))) files.set(file, readFileSync(join(folder, file)));
  return findingsOf(JSON.stringify(experiment), undefined, files);
}

/** The keys of the findings that are warnings or errors, as dotted paths, the most important one first. */
export function warnedKeys(found: readonly Finding[]): readonly string[] {
  return found.filter(({ level }) => level !== 'hint').map(({ keyPath }) => keyPath.join('.'));
}
