#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from './protocol/channel';
import { singleLine } from './text/plainText';
import type { HeadlessEnd } from './trainer/headless/closingMessages';
import { parseCommandLine } from './trainer/headless/commandLine/commandLine.node';
import type { CommandLine } from './trainer/headless/commandLine/trainingCommandLine.node';
import { CommandLineError } from './trainer/headless/commandLine/commandLineWords.node';
import { compareHeadless } from './trainer/headless/comparing.node';
import { shareHeadless } from './trainer/headless/sharing.node';
import { importHeadless } from './trainer/headless/importing.node';
import { allowFusedKernels } from './trainer/fusedKernels.node';
import { nodeThreads } from './trainer/training/workerThreads.node';
import { sweepHeadless } from './trainer/headless/sweep/sweep.node';
import { answerOnce } from './trainer/headless/tools/toolCommand.node';
import { runHeadless } from './trainer/headless/testing.node';
import { usageOf } from './trainer/headless/commandLine/usage';

/**
 * The headless runner: `unroll train FILE`, and in the repository `npm run train -- FILE`. Exit codes: 0 finished,
 * 1 refused, 2 diverged, 3 failed, 4 not as expected, 130 interrupted; of several seeds, that of the worst run.
 */
const exitInterrupted = 128 + constants.signals.SIGINT;

/** How it was called, for its help. */
const program = basename(process.argv[1] ?? '') === 'train.mjs' ? 'npm run train --' : 'unroll';

/** The folder of the built page, which an HTML file has in it. */
const pageFolder = fileURLToPath(new URL('webview', import.meta.url));

/** @throws CommandLineError where the folder was deleted */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    throw new CommandLineError('The current folder no longer exists. Change to another one.');
  }
}

async function main(): Promise<number> {
  try {
    const request = parseCommandLine(process.argv.slice(2), currentFolder(), process.env);
    switch (request.kind) {
      case 'help':
        process.stdout.write(`${usageOf(program)}\n`);
        return 0;
      case 'version':
        process.stdout.write(`${version()}\n`);
        return 0;
      case 'train':
        return await train(request.commandLine);
      case 'compare':
        return exitCodeOf(await compareHeadless(request.compared, process.stdout, process.stderr));
      case 'sweep': {
        const { stdout, stderr } = process;
        return exitCodeOf(await sweepHeadless(request.sweep, { listenToSignals: signalListener(), stdout, stderr }));
      }
      case 'share':
        return exitCodeOf(await shareHeadless(request.shared, pageFolder, process.stdout, process.stderr));
      case 'import':
        return exitCodeOf(await importHeadless(request.imported, process.stdout, process.stderr));
      case 'tool':
        return exitCodeOf(await answerOnce(request.call, process.stdout, process.stderr));
      case 'mcp': {
        // Loaded where it is served: a training needs nothing of the protocol.
        const { serveMcp } = await import('./trainer/headless/tools/mcpServer.node');
        return exitCodeOf(
          await serveMcp(request.server, { program: fileURLToPath(import.meta.url), version: version() }),
        );
      }
      default:
        return request satisfies never;
    }
  } catch (error) {
    if (error instanceof CommandLineError) {
      // Without any word the options are what is looked for.
      const advice = process.argv.length > 2 ? `${program} --help lists the options.` : `\n${usageOf(program)}`;
      process.stderr.write(`${singleLine(error.message)}\n${advice}\n`);
      return 1;
    }
    process.stderr.write(`Training failed: ${singleLine(reasonOf(error))}\n`);
    return 3;
  }
}

/**
 * What begins to listen to signals, and returns the signal that one of them aborts. Until it is called, because something
 * must be saved, a signal ends the process immediately, as by default: while a large file is parsed, no handler would be
 * called.
 */
function signalListener(): () => AbortSignal {
  const interruption = new AbortController();
  // The reader of the lines may exit, as `head` does. Then the run ends as if interrupted, with a checkpoint.
  process.stdout.on('error', () => {
    interruption.abort();
  });
  // An error of stderr cannot be reported anywhere.
  process.stderr.on('error', () => undefined);
  return () => {
    // A terminal that is closed, or a connection that is lost, sends SIGHUP.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        interruption.abort();
      });
    }
    return interruption.signal;
  };
}

async function train(commandLine: CommandLine): Promise<number> {
  const listenToSignals = signalListener();
  const threads = nodeThreads(fileURLToPath(new URL('workerThread.cjs', import.meta.url)));
  const { stdout, stderr } = process;
  return exitCodeOf(await runHeadless(commandLine, { threads, listenToSignals, stdout, stderr }));
}

function exitCodeOf(end: HeadlessEnd): number {
  switch (end) {
    case 'finished':
      return 0;
    case 'refused':
      return 1;
    case 'diverged':
      return 2;
    case 'failed':
      return 3;
    case 'unmet':
      return 4;
    case 'interrupted':
      return exitInterrupted;
    default:
      return end satisfies never;
  }
}

/** The version in the package of which this program is a part. */
function version(): string {
  const json: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : 'unknown';
}

allowFusedKernels();
process.exitCode = await main();
