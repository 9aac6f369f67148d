import { format } from 'node:util';
import { openChromium } from './chromium';
import { suiteLine } from './counts';
import type { EmbeddedServer, WindowOptions } from './server';

/** Time limit (ms) from the opening of the window to the suite's exit code: several times what two idle cores need. */
const limit = 1_500_000;

/**
 * Opens a window of the embedded VS Code that runs a suite, and prints the lines of the suite.
 *
 * @param onLine called with each line; one that it takes, by returning true, is not printed
 * @returns the suite's exit code
 * @throws when the window can't be opened or the suite takes too long
 */
export async function runSuiteIn(
  server: EmbeddedServer,
  options: WindowOptions,
  onLine: (line: string) => boolean = () => false,
): Promise<number> {
  const page = await (await openChromium()).newPage();
  return new Promise<number>((exit, failed) => {
    const late = setTimeout(() => {
      failed(new Error(`The suite has not ended after ${String(limit / 1000)} s.`));
    }, limit);
    // The workbench looks for both functions when it starts, so they must exist before it is opened.
    const listen = async (): Promise<void> => {
      await page.exposeFunction('codeAutomationLog', (_kind: string, args: readonly unknown[]) => {
        const line = format(...args);
        if (onLine(line)) return;
        if (line.startsWith(suiteLine) || process.env['UNROLL_DEBUG']) console.log(line);
      });
      await page.exposeFunction('codeAutomationExit', (code: number) => {
        clearTimeout(late);
        exit(code);
      });
      await page.goto(server.address(options));
    };
    listen().catch(failed);
  });
}
