import { constants } from 'node:os';
import { CommandLineError, parseCommandLine, usage } from './trainer/commandLine.node';
import { trainHeadless } from './trainer/headless.node';

/** The headless runner: `npm run train -- FILE`. Exit codes: 0 finished, 1 refused, 2 diverged, 3 failed, 130 interrupted. */
const exitInterrupted = 128 + constants.signals.SIGINT;

async function main(): Promise<number> {
  try {
    const commandLine = parseCommandLine(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
    const interruption = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        interruption.abort();
      });
    }
    const end = await trainHeadless(commandLine, interruption.signal, process.stdout, process.stderr);
    switch (end) {
      case 'finished':
        return 0;
      case 'refused':
        return 1;
      case 'diverged':
        return 2;
      case 'failed':
        return 3;
      case 'interrupted':
        return exitInterrupted;
      default:
        return end satisfies never;
    }
  } catch (error) {
    if (error instanceof CommandLineError) {
      process.stderr.write(`${error.message}\n\n${usage}\n`);
      return 1;
    }
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 3;
  }
}

process.exitCode = await main();
