import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { builtKernelSets, defaultKernelSet, runnableKernelSets, type BuiltKernelSet } from '../../engine/kernels/open';

/** The parsed command line of the headless runner; paths are absolute. */
export interface CommandLine {
  readonly file: string;
  readonly variant: string | undefined;
  /** Overrides `training.steps` of the experiment. */
  readonly steps: number | undefined;
  /** The run's folder; undefined for a new one in the default place. */
  readonly out: string | undefined;
  /** Updates to capture. */
  readonly captures: ReadonlySet<number>;
  /** Where the predictions of the held-out rows are written at the end; undefined where they are not requested. */
  readonly predictions: string | undefined;
  readonly resume: boolean;
  readonly json: boolean;
  /** The folder that must contain the data files; undefined for the experiment's own folder. */
  readonly workspace: string | undefined;
  /** Maximum number of bytes of the process at its peak. */
  readonly memoryLimit: number;
  /** undefined where none was requested. */
  readonly kernels: BuiltKernelSet | undefined;
  /** Number of threads that share the work; 0 = automatic. */
  readonly workers: number;
}

/** An invalid command line; the message says how to correct it. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

/** The help text. */
export const usage = `Usage: npm run train -- FILE [options]

  --variant NAME        train this variant of the file
  --steps N             parameter updates, in place of training.steps
  --out DIR             folder of the run (default: a new one beside FILE, in unroll-runs)
  --capture N[,N...]    write DIR/step-N.safetensors with all tensors of update N (0 is the first)
  --predictions FILE    at the end, write the predictions of the held-out rows of a table as CSV
  --resume              resume the run in DIR from its latest checkpoint
  --json                one JSON line per update on stdout, messages on stderr
  --workspace DIR       data files may be anywhere in DIR (default: the folder of FILE)
  --memory MIB          peak memory of the process, the program and the data included
                        (default: half of this machine's)
  --kernels NAME        the kernel set that computes (${runnableKernelSets().join(', ')}; default ${defaultKernelSet()})
  --reproducible        the same bits on every machine: the simd kernels, without fused multiply-add
  --workers N           threads that share the batch of a long update (default: automatic);
                        their number changes no result`;

const mebibyte = 1024 * 1024;

/**
 * Parses a command line.
 *
 * @param folder base of relative paths
 * @throws CommandLineError
 */
export function parseCommandLine(args: readonly string[], folder: string): CommandLine {
  const { values, positionals } = parse(args);
  const [file, ...rest] = positionals;
  if (file === undefined) throw new CommandLineError('Which experiment? Name a *.rnn.json file.');
  if (rest.length > 0)
    throw new CommandLineError(`Only one experiment can be trained at a time; also found: ${rest.join(', ')}.`);
  if (values.resume && values.out === undefined) {
    throw new CommandLineError('--resume needs --out DIR: the folder of the run to resume.');
  }
  const inFolder = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(folder, path);
  return {
    file: resolve(folder, file),
    variant: values.variant,
    steps: wholeNumber('--steps', values.steps, 1),
    out: inFolder(values.out),
    captures: captures(values.capture),
    predictions: inFolder(values.predictions),
    resume: values.resume,
    json: values.json,
    workspace: inFolder(values.workspace),
    memoryLimit:
      values.memory === undefined ? totalmem() / 2 : (wholeNumber('--memory', values.memory, 1) ?? 0) * mebibyte,
    kernels: kernelSet(values.kernels, values.reproducible),
    workers: wholeNumber('--workers', values.workers, 1) ?? 0,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        variant: { type: 'string' },
        steps: { type: 'string' },
        out: { type: 'string' },
        capture: { type: 'string', multiple: true },
        predictions: { type: 'string' },
        resume: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        workspace: { type: 'string' },
        memory: { type: 'string' },
        kernels: { type: 'string' },
        reproducible: { type: 'boolean', default: false },
        workers: { type: 'string' },
      },
    });
  } catch (error) {
    throw new CommandLineError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(option: string, value: string | undefined, min: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(number) || number < min) {
    throw new CommandLineError(`${option} takes a whole number of ${min} or more; found "${value}".`);
  }
  return number;
}

function kernelSet(name: string | undefined, reproducible: boolean): BuiltKernelSet | undefined {
  if (name === undefined) return reproducible ? defaultKernelSet(true) : undefined;
  const known = runnableKernelSets().find((runnable) => runnable === name);
  if (known === undefined) {
    throw new CommandLineError(
      `Unknown or unavailable kernel set --kernels ${name}. This build has ${builtKernelSets.join(', ')}; ${runnableKernelSets().join(', ')} can run here.`,
    );
  }
  if (reproducible && known === 'simd-fma') {
    throw new CommandLineError(
      '--reproducible excludes fused multiply-add, and --kernels simd-fma requires it. Remove one of the two.',
    );
  }
  return known;
}

function captures(values: readonly string[] | undefined): ReadonlySet<number> {
  const updates = (values ?? []).flatMap((value) => value.split(','));
  return new Set(updates.flatMap((update) => wholeNumber('--capture', update.trim(), 0) ?? []));
}
