import { basename, dirname, join, resolve } from 'node:path';
import {
  builtKernelSets,
  defaultKernelSet,
  runnableKernelSets,
  type BuiltKernelSet,
} from '../../../engine/kernels/open';
import type { JsonObject } from '../../../experiment/document/document';
import { isLikely, nearestName } from '../../../experiment/problems/nearestName';
import { quote, quoteAll } from '../../../text/quoting';
import { changesOf } from '../sweep/settings';
import {
  capturesIn,
  CommandLineError,
  memoryLimitIn,
  refuseOptions,
  settingsIn,
  wholeNumber,
  type CommandLineWords,
} from './commandLineWords.node';

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
  /** Keys of the experiment, or of the variant, with other values. */
  readonly changes: JsonObject;
  /** Overrides `training.steps` of the experiment. */
  readonly steps: number | undefined;
  /** The run's folder, or that of the runs of several seeds; undefined for new ones in the default place. */
  readonly out: string | undefined;
  /** Where new runs get folders of their own, if `out` names none; undefined for the default place. */
  readonly runs: string | undefined;
  /** Updates to capture. */
  readonly captures: ReadonlySet<number>;
  /** Where the predictions of the held-out rows are written at the end; undefined where they are not requested. */
  readonly predictions: string | undefined;
  /** Where the judgements are written as JUnit XML; undefined where they are not requested. */
  readonly junit: string | undefined;
  /** The PyTorch program that is written; set if the mode is `export` and `net` is not. */
  readonly pytorch: string | undefined;
  /** The file that the trained net of a run is written as; `file` is then the run's folder, or one of its checkpoints. */
  readonly net: string | undefined;
  /** The folder that the curves of a run are written into for TensorBoard; `file` is then the run's folder. */
  readonly tensorBoard: string | undefined;
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

/** A file that a trained net is written as. */
const netFile = /[^\\/]\.(?:onnx|safetensors)$/;

/** The option that asks for what is no training. */
const optionOf = { test: '--test', gradients: '--check-gradients', export: '--pytorch' } as const;

/** What the first word may ask for, and what that does; without one of them the experiment is trained. */
const commandModes = {
  train: 'train',
  check: 'gradients',
  test: 'test',
  resume: 'train',
  export: 'export',
  compare: undefined,
  share: undefined,
  import: undefined,
  sweep: 'train',
  tool: undefined,
  mcp: undefined,
} as const;

type CommandName = keyof typeof commandModes;

/** The names of the commands. */
export const commandNames = Object.keys(commandModes) as readonly CommandName[];

/** @throws CommandLineError */
export function commandLineOf(command: CommandName | undefined, words: CommandLineWords, folder: string): CommandLine {
  const { values, flags, others } = words;
  const ofSweep = (['seeds', 'jobs', 'most', 'slurm', 'ray'] as const).find((name) => values[name] !== undefined);
  if (ofSweep !== undefined) throw new CommandLineError(`--${ofSweep} is for "sweep". Remove it, or write sweep FILE.`);
  const last = (name: keyof typeof values): string | undefined => values[name]?.at(-1);
  const path = (name: keyof typeof values): string | undefined => {
    const written = last(name);
    return written === undefined ? undefined : resolve(folder, written);
  };
  const predictions = last('predictions');
  if (predictions !== undefined && predictions === last('out')) {
    throw new CommandLineError('--predictions names a file and --out a folder. Give them different paths.');
  }
  if (predictions !== undefined && /[\\/]$/.test(predictions)) {
    throw new CommandLineError(
      `--predictions ${predictions} is a folder. Name a file in it, such as ${predictions}predictions.csv.`,
    );
  }
  const written = command === 'export' ? last('out') : undefined;
  const tensorBoard = flags.has('tensorboard') ? written : undefined;
  if (flags.has('tensorboard') && tensorBoard === undefined) {
    throw new CommandLineError('--tensorboard writes the curves of a run: export DIR --out FOLDER --tensorboard.');
  }
  const isOfRun = tensorBoard !== undefined || (written !== undefined && netFile.test(written));
  // A run is read as it is: nothing of its experiment or of the computation can be chosen.
  if (isOfRun) refuseOptions(words, ['out', 'json', 'tensorboard'], 'This "export" reads a run');
  const net = isOfRun && tensorBoard === undefined ? written : undefined;
  const program = isOfRun ? undefined : programOf(command, words);
  const out = command === 'export' ? undefined : path('out');
  const resume = flags.has('resume') || command === 'resume';
  const mode = modeOf(command, words);
  const misfit = [
    ...(resume ? ['resume'] : []),
    ...(['capture', 'predictions'] as const).filter((name) => values[name] !== undefined),
    ...((mode === 'gradients' || mode === 'export') && last('runs') !== undefined ? ['runs'] : []),
    ...((mode === 'gradients' || mode === 'export') && out !== undefined ? ['out'] : []),
    ...(mode === 'export' && last('junit') !== undefined ? ['junit'] : []),
  ];
  if (mode !== 'train' && misfit[0] !== undefined) {
    const asked = command === undefined ? optionOf[mode] : quote(command);
    throw new CommandLineError(`--${misfit[0]} is for a single training, and ${asked} is none. Remove one of the two.`);
  }
  const junit = last('junit');
  if (junit !== undefined && /[\\/]$/.test(junit)) {
    throw new CommandLineError(`--junit ${junit} is a folder. Name a file in it, such as ${junit}report.xml.`);
  }
  const file = onlyFile(others);
  if (resume && out === undefined) {
    const asked = command === 'resume' ? '"resume"' : '--resume';
    throw new CommandLineError(`${asked} needs --out DIR: the folder of the run to resume.`);
  }
  if (out !== undefined && last('runs') !== undefined) {
    throw new CommandLineError(
      '--out names the folder of the run, and --runs that of all runs. Remove one of the two.',
    );
  }
  const commandLine: CommandLine = {
    mode,
    junit: path('junit'),
    file: resolve(folder, file),
    variant: last('variant'),
    seed: wholeNumber('--seed', last('seed'), 0),
    changes: changesOf(settingsIn(values.set, false).map(({ key, values: [value] }) => [key, value])),
    steps: wholeNumber('--steps', last('steps'), 1),
    out,
    runs: path('runs'),
    captures: capturesIn(words),
    predictions: path('predictions'),
    pytorch: mode === 'export' && !isOfRun ? resolve(folder, program ?? programBeside(file)) : undefined,
    net: net === undefined ? undefined : resolve(folder, net),
    tensorBoard: tensorBoard === undefined ? undefined : resolve(folder, tensorBoard),
    resume,
    json: flags.has('json'),
    workspace: path('workspace'),
    memoryLimit: memoryLimitIn(words),
    kernels: kernelSet(last('kernels'), flags.has('reproducible')),
    workers: wholeNumber('--workers', last('workers'), 1) ?? 0,
  };
  return commandLine;
}

/** What is done: what the command says, or else an option. */
function modeOf(command: CommandName | undefined, { values, flags }: CommandLineWords): CommandLine['mode'] {
  const options = [
    ...(flags.has('test') ? (['test'] as const) : []),
    ...(flags.has('check-gradients') ? (['gradients'] as const) : []),
    ...(values.pytorch === undefined ? [] : (['export'] as const)),
  ];
  if (options.length > 1 && options.includes('export')) {
    throw new CommandLineError(
      `${optionOf[options.at(0) ?? 'export']} and --pytorch do different things. Remove one of the two.`,
    );
  }
  const [option] = options;
  const commanded = command === undefined ? undefined : commandModes[command];
  if (commanded !== undefined && option !== undefined && option !== commanded) {
    throw new CommandLineError(`"${command}" and ${optionOf[option]} do different things. Remove one of the two.`);
  }
  return commanded ?? option ?? 'train';
}

/** The PyTorch program that is written, as it was typed: `--pytorch`, or `--out` of the command `export`. */
function programOf(command: CommandName | undefined, { values }: CommandLineWords): string | undefined {
  const [pytorch, out] = [values.pytorch?.at(-1), command === 'export' ? values.out?.at(-1) : undefined];
  if (pytorch !== undefined && out !== undefined) {
    throw new CommandLineError('--out and --pytorch both name the program. Remove one of the two.');
  }
  const [option, program] = pytorch === undefined ? ['--out', out] : ['--pytorch', pytorch];
  if (program !== undefined && !/[^\\/]\.(?:py|ipynb)$/.test(program)) {
    const nets = option === '--out' ? ', or of a run .onnx or .safetensors' : '';
    throw new CommandLineError(`${option} takes a file that ends in .py or .ipynb${nets}; found ${quote(program)}.`);
  }
  return program;
}

/** The program of an experiment, next to it. */
function programBeside(file: string): string {
  return join(dirname(file), `${basename(file).replace(/(?:\.rnn)?\.json$/i, '')}.py`);
}

function onlyFile([file, ...more]: readonly string[]): string {
  if (file === undefined) throw new CommandLineError('Which experiment? Name its *.rnn.json file.');
  if (more.length === 0) return file;
  const nearest = nearestName(file, commandNames);
  if (/^[a-z]{3,}$/i.test(file) && isLikely(file, nearest)) {
    throw new CommandLineError(`Unknown command ${quote(file)}; did you mean ${nearest}?`);
  }
  throw new CommandLineError(
    `Only one experiment is trained at a time: found ${quote(file)}, and also ${quoteAll(more)}. Put a name or path with blanks in quotes.`,
  );
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
