import { totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { countsEpochs, keysMeantBy } from '../../../experiment/problems/keySynonyms';
import { isLikely, nearestName } from '../../../experiment/problems/nearestName';
import { quote, truncate } from '../../../text/quoting';
import { parseSetting, type Setting } from '../sweep/settings';

const mebibyte = 1024 * 1024;

/** An invalid command line; the message says how to correct it. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

/** The options with a value, and what the value is called in messages. */
const valueNames = {
  variant: 'NAME',
  seed: 'N',
  steps: 'N',
  out: 'DIR',
  runs: 'DIR',
  capture: 'N[,N...]',
  predictions: 'FILE',
  workspace: 'DIR',
  memory: 'MIB',
  kernels: 'NAME',
  workers: 'N',
  junit: 'FILE',
  pytorch: 'FILE',
  curve: 'ROLE=NAME',
  set: 'KEY=VALUE',
  seeds: 'N[,N...]',
  jobs: 'N',
  most: 'N',
  slurm: 'FILE.sh',
  ray: 'FILE.py',
} as const;

const flagNames = [
  'resume',
  'json',
  'reproducible',
  'test',
  'tensorboard',
  'check-gradients',
  'help',
  'version',
] as const;

type ValueOption = keyof typeof valueNames;
type Flag = (typeof flagNames)[number];

const isValueOption = (name: string): name is ValueOption => Object.hasOwn(valueNames, name);
const isFlag = (name: string): name is Flag => (flagNames as readonly string[]).includes(name);

/** The words of a command line by what they are. */
export interface CommandLineWords {
  /** The values of each option, in their order. */
  readonly values: Readonly<Partial<Record<ValueOption, readonly string[]>>>;
  readonly flags: ReadonlySet<Flag>;
  /** The words that are neither an option nor its value. */
  readonly others: readonly string[];
}

/**
 * Tells options, their values and other words apart.
 *
 * @throws CommandLineError for an unknown option, a value that is missing and one that is not expected
 */
export function readWords(args: readonly string[]): CommandLineWords {
  const values: Partial<Record<ValueOption, string[]>> = {};
  const flags = new Set<Flag>();
  const others: string[] = [];
  const options = {
    ...Object.fromEntries(Object.keys(valueNames).map((name) => [name, { type: 'string' as const }])),
    ...Object.fromEntries(flagNames.map((name) => [name, { type: 'boolean' as const }])),
    help: { type: 'boolean' as const, short: 'h' },
  };
  // Not strict: Node's own messages name neither the option that is meant nor the value that is missing.
  const { tokens } = parseArgs({ args: [...args], allowPositionals: true, strict: false, tokens: true, options });
  for (const token of tokens) {
    if (token.kind === 'positional') others.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value, inlineValue } = token;
    if (isFlag(name)) {
      if (value !== undefined) throw new CommandLineError(`--${name} has no value; found ${quote(value)}. Remove it.`);
      flags.add(name);
    } else if (isValueOption(name)) {
      (values[name] ??= []).push(requiredValue(name, value, inlineValue === true));
    } else {
      throw unknownOption(args[token.index] ?? token.rawName);
    }
  }
  return { values, flags, others };
}

function requiredValue(name: ValueOption, value: string | undefined, isInline: boolean): string {
  const usage = `--${name} ${valueNames[name]}`;
  if (value === undefined || value === '') {
    throw new CommandLineError(`--${name} needs a value: ${usage}.`);
  }
  // A negative number is a value; that it is too small is said where it is read.
  if (!isInline && /^-./.test(value) && !/^-[\d.]/.test(value)) {
    throw new CommandLineError(
      `--${name} needs a value, and ${truncate(value)} looks like an option. Write ${usage}, or --${name}=${truncate(value)} if that is the value.`,
    );
  }
  return value;
}

/** @param word as it was typed: `--name`, `--name=value`, or `-n` */
function unknownOption(word: string): CommandLineError {
  const [written = word] = word.split('=', 1);
  const name = written.replace(/^-+/, '');
  const known = [...Object.keys(valueNames), ...flagNames];
  const [meant] = keysMeantBy(name);
  const unknown = `Unknown option ${truncate(written)}`;
  if (meant?.key === 'steps') {
    const note = countsEpochs(name) ? '; an update is one batch, not a pass over the data' : '';
    return new CommandLineError(`${unknown}. --steps N sets the number of updates${note}.`);
  }
  if (meant !== undefined) {
    const key = [meant.section, meant.key].flatMap((part) => part ?? []).join('.');
    return new CommandLineError(`${unknown}. Set the key ${key} in the experiment file.`);
  }
  const nearest = nearestName(name, known);
  if (name !== '' && isLikely(name, nearest)) return new CommandLineError(`${unknown}; did you mean --${nearest}?`);
  return new CommandLineError(`${unknown}. What no option sets is a key of the experiment file.`);
}

/**
 * The option that npm took for itself, because `--` was missing before the file; undefined if there is none. npm passes
 * what it takes on in the environment.
 */
export function optionTakenByNpm(env: Readonly<Record<string, string | undefined>>): string | undefined {
  // --json, --workspace, --help and --version are npm's own options, too.
  const own: readonly string[] = ['json', 'workspace', 'help', 'version'];
  const names = [...Object.keys(valueNames), ...flagNames].filter((name) => !own.includes(name));
  return names.find((name) => env[`npm_config_${name.replace('-', '_')}`] !== undefined);
}

/** The value of an option as a whole number; undefined where it is not given. @throws CommandLineError */
export function wholeNumber(
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

/** The bytes that the process may use at its peak. @throws CommandLineError */
export function memoryLimitIn({ values }: CommandLineWords): number {
  const memory = wholeNumber('--memory', values.memory?.at(-1), 1, 'a whole number of MiB');
  return memory === undefined ? totalmem() / 2 : memory * mebibyte;
}

/** @throws CommandLineError for an option that a command does not have */
export function refuseOptions({ values, flags }: CommandLineWords, allowed: readonly string[], what: string): void {
  const option = [...Object.keys(values), ...flags].find((name) => !allowed.includes(name));
  if (option !== undefined) throw new CommandLineError(`${what} and takes no --${option}. Remove it.`);
}

/** The updates to capture. @throws CommandLineError */
export function capturesIn({ values }: CommandLineWords): ReadonlySet<number> {
  const updates = (values.capture ?? []).flatMap((value) => value.split(','));
  const unit = 'updates separated by commas, each a whole number';
  return new Set(updates.flatMap((update) => wholeNumber('--capture', update.trim(), 0, unit) ?? []));
}

/** @throws CommandLineError */
export function settingsIn(words: readonly string[] | undefined, areSeveral: boolean): readonly Setting[] {
  return (words ?? []).map((word) => {
    const setting = parseSetting(word, areSeveral);
    if (typeof setting === 'string') throw new CommandLineError(setting);
    return setting;
  });
}
