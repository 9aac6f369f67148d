import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { reasonOf } from './protocol/channel';
import { singleLine, withoutControls } from './text/plainText';
import { CommandLineError, parseCommandLine, usage } from './trainer/headless/commandLine.node';
import { nodeThreads } from './trainer/training/workerThreads.node';
import { trainHeadless } from './trainer/headless/headless.node';

/**
 * The headless runner: `npm run train -- FILE`. Exit codes: 0 finished, 1 refused, 2 diverged, 3 failed, 130
 * interrupted.
 */
const exitInterrupted = 128 + constants.signals.SIGINT;

async function main(): Promise<number> {
  try {
    const commandLine = parseCommandLine(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
    const interruption = new AbortController();
    // Until something must be saved, a signal ends the process immediately, as by default: while a large file is
    // parsed, no handler would be called.
    const listenToSignals = (): AbortSignal => {
      // A terminal that is closed, or a connection that is lost, sends SIGHUP.
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.on(signal, () => {
          interruption.abort();
        });
      }
      return interruption.signal;
    };
    // The reader of the lines may exit, as `head` does. Then the run ends as if interrupted, with a checkpoint.
    process.stdout.on('error', () => {
      interruption.abort();
    });
    // An error of stderr cannot be reported anywhere.
    process.stderr.on('error', () => undefined);
    const threads = nodeThreads(fileURLToPath(new URL('workerThread.cjs', import.meta.url)));
    const end = await trainHeadless(commandLine, threads, listenToSignals, process.stdout, process.stderr);
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
      process.stderr.write(`${withoutControls(error.message)}\n\n${usage}\n`);
      return 1;
    }
    process.stderr.write(`Training failed: ${singleLine(reasonOf(error))}\n`);
    return 3;
  }
}

process.exitCode = await main();
