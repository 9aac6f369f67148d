import { resolve } from 'node:path';
import { curveRoles, type CurveMapping, type CurveRole } from '../../../protocol/trainingLog';
import { quote, quoteAll } from '../../../text/quoting';
import {
  capturesIn,
  CommandLineError,
  memoryLimitIn,
  refuseOptions,
  type CommandLineWords,
} from './commandLineWords.node';

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

/** @throws CommandLineError */
export function comparedRuns(words: CommandLineWords, folder: string): ComparedRuns {
  const { flags, others } = words;
  refuseOptions(words, ['json'], '"compare" reads runs');
  if (others.length < 2) {
    throw new CommandLineError('Which runs? Name two or more run folders: compare DIR DIR.');
  }
  return { folders: others.map((other) => resolve(folder, other)), json: flags.has('json') };
}

/** @throws CommandLineError */
export function sharedRuns(words: CommandLineWords, folder: string): SharedRuns {
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
    captures: capturesIn(words),
    workspace: workspace === undefined ? undefined : resolve(folder, workspace),
    memoryLimit: memoryLimitIn(words),
    json: flags.has('json'),
  };
}

/** @throws CommandLineError */
export function importedLogs(words: CommandLineWords, folder: string): ImportedLogs {
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
