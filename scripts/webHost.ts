import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tallyLine } from './counts';
import { installedEmbedded } from './installation';
import { scratchFolder, scratchWorkspace } from './scratch';
import { EmbeddedServer } from './server';
import { runSuiteIn } from './suiteWindow';
import { isTally, oneFailure, type Tally } from './tally';

/**
 * The extension without its part for Node.js, in a folder of its own: VS Code then runs it in the extension host of the
 * browser, as vscode.dev does. Its manifest also selects the tests, since a browser has no environment variables.
 */
export function webExtension(): string {
  const folder = join(scratchFolder('sources'), 'unroll');
  mkdirSync(folder);
  const { main: _, ...manifest } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>;
  const selectedTests = process.env['UNROLL_TESTS'];
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, extensionKind: ['web'], selectedTests }));
  for (const name of [
    'package.nls.json',
    'package.nls.zh-cn.json',
    'l10n',
    'dist',
    'media',
    'docs',
    'README.md',
    'LICENSE',
  ])
    symlinkSync(resolve(name), join(folder, name));
  return folder;
}

/** Runs the suites of test/webHost in the extension host of a browser. */
export async function runInWebHost(): Promise<Tally> {
  const server = await EmbeddedServer.start(await installedEmbedded(), { development: true });
  const extension = webExtension();
  // VS Code runs a suite in the host of the extension whose folder it is in.
  const suite = join(extension, 'dist', 'test', 'webHost', 'index.js');
  let tally: Tally | undefined;
  const takeTally = (line: string): boolean => {
    if (!line.startsWith(tallyLine)) return false;
    const found: unknown = JSON.parse(line.slice(tallyLine.length));
    if (isTally(found)) tally = found;
    return true;
  };
  const folder = scratchWorkspace(resolve('media', 'samples'));
  const end = await runSuiteIn(server, { folder, extension, suite }, takeTally).then(
    (code) => `ended with exit code ${String(code)}`,
    (error: unknown) => `failed: ${error instanceof Error ? error.message : String(error)}`,
  );
  if (tally !== undefined) return tally;
  console.error(`The suite ${end} without a tally.`);
  return oneFailure;
}
