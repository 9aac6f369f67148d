import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { reasonOf } from './protocol/channel';
import { withoutControls } from './text/plainText';
import { CommandLineError, parseCommandLine, usage } from './trainer/headless/commandLine.node';
import { nodeThreads } from './trainer/training/workerThreads.node';
import { trainHeadless } from './trainer/headless/headless.node';

/** The headless runner: `npm run train -- FILE`. Exit codes: 0 finished, 1 refused, 2 diverged, 3 failed, 130 interrupted. */
const exitInterrupted = 128 + constants.signals.SIGINT;

async function main(): Promise<number> {
  try {
    const commandLine = parseCommandLine(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
    const interruption = new AbortController();
    // Until there is something to be written, a signal ends the process as it ends any other: at once, also where a
    // large file is being parsed and no handler would be called.
    const listenToSignals = (): AbortSignal => {
      // A terminal that is closed, or a connection that is lost, sends SIGHUP.
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.on(signal, () => {
          interruption.abort();
        });
      }
      return interruption.signal;
    };
    // Who reads the lines may go, as `head` does; then the run ends as if interrupted, its checkpoint kept.
    process.stdout.on('error', () => {
      interruption.abort();
    });
    // Nobody is left to be told that nobody can be told.
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
    process.stderr.write(`Training failed: ${withoutControls(reasonOf(error))}\n`);
    return 3;
  }
}

process.exitCode = await main();
