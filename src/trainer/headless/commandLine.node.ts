import { basename, dirname, join, resolve } from 'node:path';
import { builtKernelSets, defaultKernelSet, runnableKernelSets, type BuiltKernelSet } from '../../engine/kernels/open';
import type { JsonObject } from '../../experiment/document/document';
import { isLikely, nearestName } from '../../experiment/problems/nearestName';
import { curveRoles, type CurveMapping, type CurveRole } from '../../protocol/trainingLog';
import { quote, quoteAll } from '../../text/quoting';
import { changesOf, parseSetting, type Setting } from './sweep/settings';
import {
  CommandLineError,
  memoryLimitIn,
  optionTakenByNpm,
  readWords,
  refuseOptions,
  wholeNumber,
  type CommandLineWords,
} from './commandLineWords.node';
import { mcpRequest, toolCall } from './tools/toolCommandLine.node';
import type { McpRequest, ToolCall } from './tools/toolRequests';

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

/** Runs that are compared. */
export interface ComparedRuns {
  /** Absolute paths of two or more run folders, in the order of the table. */
  readonly folders: readonly string[];
  /** Whether a JSON line is written for each run, in place of the table. */
  readonly json: boolean;
}

/** Runs that are shared as one HTML file: one with its updates, or several compared. */
export interface SharedRuns {
  /** Absolute paths of one or more run folders. */
  readonly folders: readonly string[];
  /** Absolute path of the HTML file. */
  readonly out: string;
  /** Updates to walk through besides the notable ones. */
  readonly captures: ReadonlySet<number>;
  /** The folder that must contain the data files; undefined for the folder of the run's experiment. */
  readonly workspace: string | undefined;
  /** Maximum number of bytes of the process at its peak. */
  readonly memoryLimit: number;
  /** Whether a JSON line says what was written. */
  readonly json: boolean;
}

/** A log that becomes a run. */
export interface ImportedLogs {
  /** Absolute path of a file, or of a folder with event files. */
  readonly path: string;
  /** Absolute path of the new run's folder; undefined for a new one beside the log. */
  readonly out: string | undefined;
  /** The curves that were named; undefined where none was. */
  readonly mapping: CurveMapping | undefined;
  /** The column that numbers the rows, if it was named; null for their order. */
  readonly stepColumn: string | null | undefined;
  readonly json: boolean;
}

/** What a command line asks for. */
export type Request =
  | { readonly kind: 'train'; readonly commandLine: CommandLine }
  | { readonly kind: 'compare'; readonly compared: ComparedRuns }
  | { readonly kind: 'share'; readonly shared: SharedRuns }
  | { readonly kind: 'import'; readonly imported: ImportedLogs }
  | { readonly kind: 'sweep'; readonly sweep: Sweep }
  | { readonly kind: 'tool'; readonly call: ToolCall }
  | { readonly kind: 'mcp'; readonly server: McpRequest }
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
  const words = readWords(args);
  const { values, flags } = words;
  if (flags.has('help')) return { kind: 'help' };
  if (flags.has('version')) return { kind: 'version' };
  const taken = optionTakenByNpm(env);
  if (taken !== undefined) {
    throw new CommandLineError(
      `npm took --${taken} for itself. Write -- before the file: npm run train -- FILE --${taken} …`,
    );
  }
  const command = commandNames.find((name) => name === words.others[0]);
  const others = command === undefined ? words.others : words.others.slice(1);
  if (command === 'compare') return { kind: 'compare', compared: comparedRuns({ ...words, others }, folder) };
  if (command === 'share') return { kind: 'share', shared: sharedRuns({ ...words, others }, folder) };
  if (command === 'import') return { kind: 'import', imported: importedLogs({ ...words, others }, folder) };
  if (values.curve !== undefined) throw new CommandLineError('--curve is for the command "import". Remove it.');
  if (command === 'tool') return { kind: 'tool', call: toolCall({ ...words, others }, folder) };
  if (command === 'mcp') return { kind: 'mcp', server: mcpRequest({ ...words, others }, folder) };
  if (command === 'sweep') return { kind: 'sweep', sweep: sweepOf({ ...words, others }, folder) };
  return { kind: 'train', commandLine: commandLineOf(command, { ...words, others }, folder) };
}

/** @throws CommandLineError */
function commandLineOf(command: CommandName | undefined, words: CommandLineWords, folder: string): CommandLine {
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
    changes: changesOf(settingsOf(values.set, false).map(({ key, values: [value] }) => [key, value])),
    steps: wholeNumber('--steps', last('steps'), 1),
    out,
    runs: path('runs'),
    captures: captures(values.capture),
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

/** The combinations of a sweep where --most says nothing else. */
const defaultMost = 100;

/** A sweep over keys of an experiment and over seeds. */
export interface Sweep {
  /** How each of its runs is trained; `changes`, `seed` and `out` are those of the combination. */
  readonly commandLine: CommandLine;
  readonly settings: readonly Setting[];
  /** The seeds of the sweep; none for those of the experiment. */
  readonly seeds: readonly number[];
  /** The folder of its runs. */
  readonly out: string;
  /** Runs that train at the same time; undefined for one per core. */
  readonly jobs: number | undefined;
  /** How many combinations there may be. */
  readonly most: number;
  /** The SLURM array or Ray Tune script that is written in place of training. */
  readonly script: { readonly kind: 'slurm' | 'ray'; readonly file: string } | undefined;
}

/** Options that are for one training, not for a sweep. */
const ofOneTraining = ['seed', 'runs', 'capture', 'predictions', 'junit', 'pytorch'] as const;

/** @throws CommandLineError */
function sweepOf({ values, flags, others }: CommandLineWords, folder: string): Sweep {
  const misfit =
    ofOneTraining.find((name) => values[name] !== undefined) ??
    (['resume', 'test', 'check-gradients'] as const).find((name) => flags.has(name));
  if (misfit === 'resume') throw new CommandLineError('"sweep" continues by itself. Remove --resume.');
  if (misfit !== undefined) {
    throw new CommandLineError(`--${misfit} is for a single training, and "sweep" is none. Remove one of the two.`);
  }
  const { set, seeds, jobs, most, slurm, ray, out, ...rest } = values;
  const settings = settingsOf(set, true);
  const twice = settings.find(({ key }, index) => settings.findIndex((one) => one.key === key) < index);
  if (twice !== undefined) {
    throw new CommandLineError(
      `--set ${twice.key} is there twice. Write its values after one: --set ${twice.key}=A,B.`,
    );
  }
  const all = (seeds ?? []).flatMap((value) => value.split(','));
  const numbers = all.flatMap(
    (seed) => wholeNumber('--seeds', seed.trim(), 0, 'seeds separated by commas, each a whole number') ?? [],
  );
  if (new Set(numbers).size < numbers.length) throw new CommandLineError('--seeds has a seed twice. Remove one.');
  const written = out?.at(-1);
  if (written === undefined) throw new CommandLineError('"sweep" needs --out DIR: the folder of its runs.');
  if (settings.length === 0 && numbers.length === 0) {
    throw new CommandLineError(
      '"sweep" needs what varies: --set KEY=VALUE,VALUE, such as --set optimizer.learningRate=0.1,0.01, or --seeds 1,2,3.',
    );
  }
  if (slurm !== undefined && ray !== undefined) {
    throw new CommandLineError('--slurm and --ray write different scripts. Remove one of the two.');
  }
  const [kind, script] = slurm === undefined ? (['ray', ray?.at(-1)] as const) : (['slurm', slurm.at(-1)] as const);
  const ending = kind === 'ray' ? '.py' : '.sh';
  if (script !== undefined && !(script.endsWith(ending) && script.length > ending.length)) {
    throw new CommandLineError(`--${kind} takes a file that ends in ${ending}; found ${quote(script)}.`);
  }
  return {
    commandLine: commandLineOf('train', { values: rest, flags, others }, folder),
    settings,
    seeds: numbers,
    out: resolve(folder, written),
    jobs: wholeNumber('--jobs', jobs?.at(-1), 1),
    most: wholeNumber('--most', most?.at(-1), 1) ?? defaultMost,
    script: script === undefined ? undefined : { kind, file: resolve(folder, script) },
  };
}

/** @throws CommandLineError */
function settingsOf(words: readonly string[] | undefined, areSeveral: boolean): readonly Setting[] {
  return (words ?? []).map((word) => {
    const setting = parseSetting(word, areSeveral);
    if (typeof setting === 'string') throw new CommandLineError(setting);
    return setting;
  });
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

function comparedRuns(words: CommandLineWords, folder: string): ComparedRuns {
  const { flags, others } = words;
  refuseOptions(words, ['json'], '"compare" reads runs');
  if (others.length < 2) {
    throw new CommandLineError('Which runs? Name two or more run folders: compare DIR DIR.');
  }
  return { folders: others.map((other) => resolve(folder, other)), json: flags.has('json') };
}

function sharedRuns(words: CommandLineWords, folder: string): SharedRuns {
  const { values, flags, others } = words;
  refuseOptions(words, ['out', 'capture', 'workspace', 'memory', 'json'], '"share" reads runs');
  if (others.length === 0) {
    throw new CommandLineError(
      'Which run? Name its folder, or those of several runs to compare: share DIR --out FILE.html.',
    );
  }
  const out = values.out?.at(-1);
  if (out === undefined || !/[^\\/]\.html?$/i.test(out)) {
    const found = out === undefined ? '' : `; found ${quote(out)}`;
    throw new CommandLineError(`"share" needs --out FILE with a file that ends in .html${found}.`);
  }
  if (others.length > 1 && values.capture !== undefined) {
    throw new CommandLineError('--capture names updates of one run, and a comparison has none. Remove it.');
  }
  const workspace = values.workspace?.at(-1);
  return {
    folders: others.map((other) => resolve(folder, other)),
    out: resolve(folder, out),
    captures: captures(values.capture),
    workspace: workspace === undefined ? undefined : resolve(folder, workspace),
    memoryLimit: memoryLimitIn(words),
    json: flags.has('json'),
  };
}

function importedLogs(words: CommandLineWords, folder: string): ImportedLogs {
  const { values, flags, others } = words;
  refuseOptions(words, ['out', 'curve', 'json'], '"import" reads a log');
  const [log, ...more] = others;
  if (log === undefined) {
    throw new CommandLineError(
      'Which log? Name a file (*.csv, *.jsonl, *tfevents*), or a folder with the files of TensorBoard.',
    );
  }
  if (more.length > 0) {
    throw new CommandLineError(`Only one log is imported at a time: found ${quote(log)}, and also ${quoteAll(more)}.`);
  }
  const mapping: Partial<Record<CurveRole, string>> = {};
  let stepColumn: string | null | undefined;
  for (const written of values.curve ?? []) {
    const at = written.indexOf('=');
    const [role, name] = [written.slice(0, Math.max(0, at)), written.slice(at + 1)];
    const found = curveRoles.find((one) => one === role);
    if (role === 'step') stepColumn = name === '' ? null : name;
    else if (found !== undefined && name !== '') mapping[found] = name;
    else {
      throw new CommandLineError(
        `--curve takes ${quoteAll([...curveRoles, 'step'].map((one) => `${one}=NAME`))}; found ${quote(written)}.`,
      );
    }
  }
  const out = values.out?.at(-1);
  return {
    path: resolve(folder, log),
    out: out === undefined ? undefined : resolve(folder, out),
    mapping: Object.keys(mapping).length === 0 ? undefined : mapping,
    stepColumn,
    json: flags.has('json'),
  };
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

function captures(values: readonly string[] | undefined): ReadonlySet<number> {
  const updates = (values ?? []).flatMap((value) => value.split(','));
  const unit = 'updates separated by commas, each a whole number';
  return new Set(updates.flatMap((update) => wholeNumber('--capture', update.trim(), 0, unit) ?? []));
}
