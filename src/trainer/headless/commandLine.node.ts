import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { builtKernelSets, defaultKernelSet, runnableKernelSets, type BuiltKernelSet } from '../../engine/kernels/open';

/** What the headless runner was asked to do; paths are absolute. */
export interface CommandLine {
  readonly file: string;
  readonly variant: string | undefined;
  /** In place of the experiment's `training.steps`. */
  readonly steps: number | undefined;
  /** The run's folder; undefined for a new one where runs live. */
  readonly out: string | undefined;
  /** Updates to capture. */
  readonly captures: ReadonlySet<number>;
  readonly resume: boolean;
  readonly json: boolean;
  /** Data files may not lie outside; undefined for the experiment's own folder. */
  readonly workspace: string | undefined;
  /** Bytes that the process may have in memory at its peak. */
  readonly memoryLimit: number;
  /** undefined where none was asked for. */
  readonly kernels: BuiltKernelSet | undefined;
  /** Threads that share the work; 0 for as many as are of use. */
  readonly workers: number;
}

/** The command line cannot be understood; the message says what to write. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

/** One screen on how to call the runner. */
export const usage = `Usage: npm run train -- FILE [options]

  --variant NAME        train this variant of the file
  --steps N             parameter updates, in place of training.steps
  --out DIR             folder of the run (default: a new one beside FILE, in unroll-runs)
  --capture N[,N...]    write DIR/step-N.safetensors with all tensors of update N (0 is the first)
  --resume              resume the run in DIR from its newest checkpoint
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
 * @param folder that relative paths are relative to
 * @throws CommandLineError
 */
export function parseCommandLine(words: readonly string[], folder: string): CommandLine {
  const { values, positionals } = parsed(words);
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
    steps: whole('--steps', values.steps, 1),
    out: inFolder(values.out),
    captures: captures(values.capture),
    resume: values.resume,
    json: values.json,
    workspace: inFolder(values.workspace),
    memoryLimit: values.memory === undefined ? totalmem() / 2 : (whole('--memory', values.memory, 1) ?? 0) * mebibyte,
    kernels: kernelSet(values.kernels, values.reproducible),
    workers: whole('--workers', values.workers, 1) ?? 0,
  };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        variant: { type: 'string' },
        steps: { type: 'string' },
        out: { type: 'string' },
        capture: { type: 'string', multiple: true },
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

function whole(option: string, value: string | undefined, from: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(number) || number < from) {
    throw new CommandLineError(`${option} takes a whole number of ${from} or more; found "${value}".`);
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
  const words = (values ?? []).flatMap((value) => value.split(','));
  return new Set(words.flatMap((word) => whole('--capture', word.trim(), 0) ?? []));
}
