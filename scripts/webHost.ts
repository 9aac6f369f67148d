import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import { openChromium } from './chromium';
import { suiteLine, tallyLine } from './counts';
import { installedEmbedded } from './installation';
import { scratchFolder, scratchWorkspace } from './scratch';
import { EmbeddedServer } from './server';
import { isTally, oneFailure, type Tally } from './tally';

/** Time limit (ms) from the opening of the window to the suite's exit code. */
const limit = 900_000;

/**
 * The extension without its part for Node.js, in a folder of its own: VS Code then runs it in the extension host of the
 * browser, as vscode.dev does.
 */
export function webExtension(): string {
  const folder = join(scratchFolder('sources'), 'unroll');
  mkdirSync(folder);
  const { main: _, ...manifest } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, extensionKind: ['web'] }));
  for (const name of ['package.nls.json', 'dist', 'media', 'docs', 'README.md', 'LICENSE'])
    symlinkSync(resolve(name), join(folder, name));
  return folder;
}

/** Runs the suites of test/webHost in the extension host of a browser. */
export async function runInWebHost(): Promise<Tally> {
  const server = await EmbeddedServer.start(await installedEmbedded(), { development: true });
  const page = await (await openChromium()).newPage();
  let tally: Tally | undefined;
  const ended = new Promise<number>((exit, failed) => {
    const late = setTimeout(() => {
      failed(new Error(`The suite has not ended after ${String(limit / 1000)} s.`));
    }, limit);
    // The workbench looks for both functions when it starts, so they must exist before it is opened.
    const listen = async (): Promise<void> => {
      await page.exposeFunction('codeAutomationLog', (_kind: string, args: readonly unknown[]) => {
        const line = format(...args);
        if (line.startsWith(tallyLine)) {
          const found: unknown = JSON.parse(line.slice(tallyLine.length));
          if (isTally(found)) tally = found;
        } else if (line.startsWith(suiteLine) || process.env['UNROLL_DEBUG']) console.log(line);
      });
      await page.exposeFunction('codeAutomationExit', (code: number) => {
        clearTimeout(late);
        exit(code);
      });
      const extension = webExtension();
      // VS Code runs a suite in the host of the extension whose folder it is in.
      const suite = join(extension, 'dist', 'test', 'webHost', 'index.js');
      await page.goto(server.address({ folder: scratchWorkspace(resolve('media', 'samples')), extension, suite }));
    };
    listen().catch(failed);
  });
  const end = await ended.then(
    (code) => `ended with exit code ${String(code)}`,
    (error: unknown) => `failed: ${error instanceof Error ? error.message : String(error)}`,
  );
  if (tally !== undefined) return tally;
  console.error(`The suite ${end} without a tally.`);
  return oneFailure;
}
