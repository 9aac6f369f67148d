import { resolve } from 'node:path';
import { quote } from '../../../text/quoting';
import type { Setting } from '../sweep/settings';
import { CommandLineError, settingsIn, wholeNumber, type CommandLineWords } from './commandLineWords.node';
import { commandLineOf, type CommandLine } from './trainingCommandLine.node';

/** More combinations are not listed: each is checked, and has a folder, before the first one trains. */
export const maxMost = 10_000;

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
export function sweepOf({ values, flags, others }: CommandLineWords, folder: string): Sweep {
  const misfit =
    ofOneTraining.find((name) => values[name] !== undefined) ??
    (['resume', 'test', 'check-gradients'] as const).find((name) => flags.has(name));
  if (misfit === 'resume') throw new CommandLineError('"sweep" continues by itself. Remove --resume.');
  if (misfit !== undefined) {
    throw new CommandLineError(`--${misfit} is for a single training, and "sweep" is none. Remove one of the two.`);
  }
  const { set, seeds, jobs, most, slurm, ray, out, ...rest } = values;
  const settings = settingsIn(set, true);
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
  const mostWritten = wholeNumber('--most', most?.at(-1), 1) ?? defaultMost;
  if (mostWritten > maxMost) {
    throw new CommandLineError(`--most is at most ${maxMost}; found ${mostWritten}. Leave values out.`);
  }
  return {
    commandLine: commandLineOf('train', { values: rest, flags, others }, folder),
    settings,
    seeds: numbers,
    out: resolve(folder, written),
    jobs: wholeNumber('--jobs', jobs?.at(-1), 1),
    most: mostWritten,
    script: script === undefined ? undefined : { kind, file: resolve(folder, script) },
  };
}
