import type { ComparedRun, ComparisonState } from '../protocol/comparison';
import type { RunStatus } from '../protocol/run';
import {
  baseKeyValue,
  differingKeys,
  formatKeys,
  formatValue,
  keyValues,
  withoutImpliedKeys,
  type KeyValues,
} from '../run/differences';
import { memberName } from '../run/displayName';
import { distinctNames } from '../run/distinctNames';
import { seedGroups } from '../run/seedGroups';
import { formatCount } from '../text/numbers';

/** What a comparison is made of: one of its runs. */
export interface RunToCompare {
  /** Unique in the comparison; determines the run's colour. */
  readonly id: number;
  readonly name: string;
  /** The name of its experiment. */
  readonly experimentName: string;
  /** The experiment's file: a run of the experiment itself is named by what distinguishes it from its variants there. */
  readonly file: string;
  /** Of a run that is one of a group of seeds. */
  readonly seed: number | undefined;
  /** Formatted, to tell runs of the same name apart; '' where it isn't known. */
  readonly startTime: string;
  /** With every default written out; undefined before the run has started. */
  readonly experiment: unknown;
  readonly status: RunStatus | undefined;
  readonly data: ComparedRun['data'];
  /** Why there is nothing to show. */
  readonly problem: string | undefined;
}

/** What is compared of these runs: their names, the keys in which they differ, and which differ in their seed only. */
export function comparisonOf(runs: readonly RunToCompare[]): Omit<ComparisonState, 'subjects'> {
  const values = runs.map(({ experiment }) => (experiment === undefined ? undefined : keyValues(experiment)));
  const known = values.filter((of) => of !== undefined);
  const keys = withoutImpliedKeys(differingKeys(known), known);
  const names = distinctNames(
    runs.map((run, i) => ({ name: nameOf(run, runs, values), startTime: run.startTime, values: values[i] })),
  );
  return {
    title: `Unroll: ${formatCount(runs.length, 'run')} compared`,
    keys,
    runs: runs.map(({ id, name, status, data, problem }, i) => ({
      id,
      name: names[i] ?? name,
      status,
      data,
      values: valuesOf(keys, values[i]),
      problem,
    })),
    groups: seedGroups(
      runs.flatMap(({ id, data, experimentName }, i) => {
        if (data === undefined) return [];
        const { variant, seed, dataDigest } = data.info;
        return [{ id, name: memberName(variant, undefined) ?? experimentName, values: values[i], seed, dataDigest }];
      }),
    ),
  };
}

function valuesOf(keys: readonly string[], values: KeyValues | undefined): ComparedRun['values'] {
  return values === undefined ? {} : Object.fromEntries(keys.map((key) => [key, formatValue(values.get(key))]));
}

function withoutSeed(values: KeyValues): KeyValues {
  return new Map([...values].filter(([key]) => key !== 'seed'));
}

/** A run's name; that of an experiment beside its variants says in what most of them differ from it. */
function nameOf(run: RunToCompare, runs: readonly RunToCompare[], values: readonly (KeyValues | undefined)[]): string {
  const { name, data, seed, experimentName, file } = run;
  const own = values[runs.indexOf(run)];
  if (own === undefined || data?.info.variant !== null) return name;
  // A name that a person gave stays as it is.
  if (name !== (memberName(null, seed) ?? experimentName)) return name;
  const variants = runs.flatMap((other, i) => {
    const isVariant = other.file === file && typeof other.data?.info.variant === 'string';
    return isVariant && values[i] !== undefined ? [values[i]] : [];
  });
  // Its name says the seed already, and the variants have seeds of their own.
  const told = baseKeyValue(seed === undefined ? own : withoutSeed(own), variants);
  return told === undefined ? name : [name, ...formatKeys([told])].join(', ');
}
