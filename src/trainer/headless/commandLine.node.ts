import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { builtKernelSets, defaultKernelSet, runnableKernelSets, type BuiltKernelSet } from '../../engine/kernels/open';
import { quote, quoteAll } from '../../text/quoting';
import { CommandLineError, optionTakenByNpm, readWords } from './commandLineWords.node';

/** The parsed command line of the headless runner; paths are absolute. */
export interface CommandLine {
  /**
   * `train`: trains, and judges what the experiment expects; `gradients`: checks its gradients; `test`: both, for the
   * experiment and each variant; `export`: writes a PyTorch program.
   */
  readonly mode: 'train' | 'gradients' | 'test' | 'export';
  readonly file: string;
  readonly variant: string | undefined;
  /** The one of the experiment's `seeds` to train; undefined for all, and where it has none. */
  readonly seed: number | undefined;
  /** Overrides `training.steps` of the experiment. */
  readonly steps: number | undefined;
  /** The run's folder, or that of the runs of several seeds; undefined for new ones in the default place. */
  readonly out: string | undefined;
  /** Updates to capture. */
  readonly captures: ReadonlySet<number>;
  /** Where the predictions of the held-out rows are written at the end; undefined where they are not requested. */
  readonly predictions: string | undefined;
  /** Where the judgements are written as JUnit XML; undefined where they are not requested. */
  readonly junit: string | undefined;
  /** The PyTorch program that is written; set if the mode is `export`. */
  readonly pytorch: string | undefined;
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

/** The help text. */
export const usage = `Usage: npm run train -- FILE [options]

  --variant NAME        train this variant of the file
  --seed N              train this one of its "seeds" (default: all, one after the other)
  --steps N             parameter updates, in place of training.steps
  --out DIR             folder of the run (default: a new one beside FILE, in unroll-runs);
                        with several seeds the folder of their runs, seed-1, seed-2 and so on
  --capture N[,N...]    write DIR/step-N.safetensors with all tensors of update N (0 is the first)
  --predictions FILE    at the end, write the predictions of the held-out rows of a table as CSV
  --check-gradients     train nothing: compare the gradient of every parameter with central differences
  --test                check the gradients of FILE and of each variant, train those that have the
                        key "expect", and judge what they expect
  --pytorch FILE        train nothing: write FILE, a PyTorch program that trains the experiment as
                        Unroll does, and its tensors beside it; FILE ends in .py, or
                        in .ipynb for a Jupyter notebook
  --junit FILE          write the judgements of "expect" and the gradient checks as JUnit XML
  --resume              resume the run in DIR from its latest checkpoint
  --json                one JSON line per update on stdout, messages on stderr
  --workspace DIR       data files may be anywhere in DIR (default: the folder of FILE)
  --memory MIB          peak memory of the process, the program and the data included
                        (default: half of this machine's)
  --kernels NAME        the kernel set that computes (${runnableKernelSets().join(', ')}; default ${defaultKernelSet()})
  --reproducible        the same bits on every machine: the simd kernels, without fused multiply-add
  --workers N           threads that share the batch of a long update (default: automatic);
                        their number changes no result
  -h, --help            print this text
  --version             print the version

Exit codes: 0 finished, 1 refused, 2 diverged, 3 failed, 4 not as expected (the key "expect", gradients),
130 interrupted. More: docs/headless.md`;

const mebibyte = 1024 * 1024;

/** The option that asks for what is no training. */
const optionOf = { test: '--test', gradients: '--check-gradients', export: '--pytorch' } as const;

/** What a command line asks for. */
export type Request =
  | { readonly kind: 'train'; readonly commandLine: CommandLine }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/**
 * Parses a command line.
 *
 * @param folder base of relative paths
 * @param env the environment, in which npm passes on the options that it took for itself
 * @throws CommandLineError
 */
export function parseCommandLine(
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Request {
  const { values, flags, others } = readWords(args);
  if (flags.has('help')) return { kind: 'help' };
  if (flags.has('version')) return { kind: 'version' };
  const taken = optionTakenByNpm(env);
  if (taken !== undefined) {
    throw new CommandLineError(
      `npm took --${taken} for itself. Write -- before the file: npm run train -- FILE --${taken} …`,
    );
  }
  const last = (name: keyof typeof values): string | undefined => values[name]?.at(-1);
  const path = (name: keyof typeof values): string | undefined => {
    const written = last(name);
    return written === undefined ? undefined : resolve(folder, written);
  };
  const out = path('out');
  const predictions = last('predictions');
  if (predictions !== undefined && predictions === last('out')) {
    throw new CommandLineError('--predictions names a file and --out a folder. Give them different paths.');
  }
  if (predictions !== undefined && /[\\/]$/.test(predictions)) {
    throw new CommandLineError(
      `--predictions ${predictions} is a folder. Name a file in it, such as ${predictions}predictions.csv.`,
    );
  }
  const resume = flags.has('resume');
  const pytorch = last('pytorch');
  if (pytorch !== undefined && !/[^\\/]\.(?:py|ipynb)$/.test(pytorch)) {
    throw new CommandLineError(`--pytorch takes a file that ends in .py or .ipynb; found ${quote(pytorch)}.`);
  }
  const modes = [
    ...(flags.has('test') ? (['test'] as const) : []),
    ...(flags.has('check-gradients') ? (['gradients'] as const) : []),
    ...(pytorch === undefined ? [] : (['export'] as const)),
  ];
  if (modes.length > 1 && modes.includes('export')) {
    throw new CommandLineError(
      `${optionOf[modes.at(0) ?? 'export']} and --pytorch do different things. Remove one of the two.`,
    );
  }
  const requested = modes.at(0);
  const mode = requested ?? 'train';
  const misfit = [
    ...(resume ? ['resume'] : []),
    ...(['capture', 'predictions'] as const).filter((name) => values[name] !== undefined),
    ...((mode === 'gradients' || mode === 'export') && out !== undefined ? ['out'] : []),
    ...(mode === 'export' && last('junit') !== undefined ? ['junit'] : []),
  ];
  if (requested !== undefined && misfit[0] !== undefined) {
    throw new CommandLineError(
      `--${misfit[0]} is for a single training, and ${optionOf[requested]} is none. Remove one of the two.`,
    );
  }
  const junit = last('junit');
  if (junit !== undefined && /[\\/]$/.test(junit)) {
    throw new CommandLineError(`--junit ${junit} is a folder. Name a file in it, such as ${junit}report.xml.`);
  }
  const file = onlyFile(others);
  if (resume && out === undefined) {
    throw new CommandLineError('--resume needs --out DIR: the folder of the run to resume.');
  }
  const memory = wholeNumber('--memory', last('memory'), 1, 'a whole number of MiB');
  const commandLine: CommandLine = {
    mode,
    junit: path('junit'),
    file: resolve(folder, file),
    variant: last('variant'),
    seed: wholeNumber('--seed', last('seed'), 0),
    steps: wholeNumber('--steps', last('steps'), 1),
    out,
    captures: captures(values.capture),
    predictions: path('predictions'),
    pytorch: path('pytorch'),
    resume,
    json: flags.has('json'),
    workspace: path('workspace'),
    memoryLimit: memory === undefined ? totalmem() / 2 : memory * mebibyte,
    kernels: kernelSet(last('kernels'), flags.has('reproducible')),
    workers: wholeNumber('--workers', last('workers'), 1) ?? 0,
  };
  return { kind: 'train', commandLine };
}

function onlyFile([file, ...more]: readonly string[]): string {
  if (file === undefined) throw new CommandLineError('Which experiment? Name its *.rnn.json file.');
  if (more.length === 0) return file;
  throw new CommandLineError(
    `Only one experiment is trained at a time: found ${quote(file)}, and also ${quoteAll(more)}. Put a name or path with blanks in quotes.`,
  );
}

function wholeNumber(
  option: string,
  value: string | undefined,
  min: number,
  unit = 'a whole number',
): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(number) || number < min) {
    throw new CommandLineError(`${option} takes ${unit} of ${min} or more; found ${quote(value)}.`);
  }
  return number;
}

function kernelSet(name: string | undefined, reproducible: boolean): BuiltKernelSet | undefined {
  if (name === undefined) return reproducible ? defaultKernelSet(true) : undefined;
  const known = runnableKernelSets().find((runnable) => runnable === name);
  if (known === undefined) {
    throw new CommandLineError(
      `Unknown or unavailable kernel set --kernels ${quote(name)}. This build has ${builtKernelSets.join(', ')}; ${runnableKernelSets().join(', ')} can run here.`,
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
  const unit = 'updates separated by commas, each a whole number';
  return new Set(updates.flatMap((update) => wholeNumber('--capture', update.trim(), 0, unit) ?? []));
}
