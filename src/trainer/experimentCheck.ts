import { filesOf } from '../data/source';
import type { KernelSet } from '../engine/kernels/kernelSet';
import { defaultKernelSet, openKernels } from '../engine/kernels/open';
import { parameterCount } from '../engine/network';
import type { ExperimentFile } from '../experiment/experimentFile';
import { parseExperiment, type Parsed } from '../experiment/parse';
import type { Objection, Refusal } from '../experiment/refusal';
import type { ResolvedExperiment } from '../experiment/schema';
import type { CheckedExperiment, CheckParams, Estimate } from '../protocol/trainer';
import { measureTraining } from './plan';

/**
 * Bytes of data that are opened in one check: each variant opens its own, and a file may have two hundred of them. Those
 * that are left have no estimate.
 */
const mostOpened = 64 * 1024 * 1024;

/** Checks experiment files while they are written: what is wrong with them, and what each of their runs would take. */
export class ExperimentChecker {
  /** The file that was parsed last: one check asks for it twice, first for the names of the data files. */
  #last: { readonly text: string; readonly parsed: Parsed } | undefined;

  check(params: CheckParams): CheckedExperiment {
    const { text } = params;
    if (this.#last?.text !== text) this.#last = { text, parsed: parseExperiment(text) };
    const { parsed } = this.#last;
    if (parsed.kind === 'refused') {
      return { refusals: parsed.refusals, variants: [], paths: [], estimates: new Map() };
    }
    return checkRuns(parsed.file, params);
  }
}

function checkRuns(file: ExperimentFile, params: CheckParams): CheckedExperiment {
  const refusals = new Map<string, Refusal>();
  const paths = new Set<string>();
  const estimates = new Map<string | undefined, Estimate>();
  const kernels = openKernels(defaultKernelSet(params.reproducible));
  let opened = 0;
  for (const variant of [undefined, ...file.variants.map(({ name }) => name)]) {
    const resolved = file.resolve(variant);
    if (resolved.kind === 'refused') continue;
    const { experiment } = resolved;
    for (const { path } of filesOf(experiment)) paths.add(path);
    const unreadable = unreadableFiles(experiment, params);
    opened += unreadable.length > 0 ? 0 : bytesOf(experiment, params);
    const outcome =
      unreadable.length > 0 ? unreadable : opened > mostOpened ? [] : measured(experiment, kernels, params);
    if ('memoryBytes' in outcome) estimates.set(variant, outcome);
    else {
      for (const objection of outcome) {
        const place = file.placeOf(objection.keyPath, variant);
        refusals.set(`${place.offset}:${objection.message}`, { ...objection, place });
      }
    }
  }
  return { refusals: [...refusals.values()], variants: file.variants, paths: [...paths], estimates };
}

function unreadableFiles(experiment: ResolvedExperiment, { unreadable }: CheckParams): readonly Objection[] {
  return filesOf(experiment).flatMap(({ path, keyPath }) => {
    const reason = unreadable.get(path);
    return reason === undefined ? [] : [{ ...reason, keyPath }];
  });
}

/** Bytes that are opened for an estimate; inline sequences count as what they are as numbers. */
function bytesOf(experiment: ResolvedExperiment, { files }: CheckParams): number {
  const inline = 'sequences' in experiment.data ? experiment.data.sequences : [];
  const numbers = inline.reduce(
    (sum, { inputs, targets }) => sum + inputs.length * (inputs[0]?.length ?? 0) + targets.length,
    0,
  );
  return filesOf(experiment).reduce((sum, { path }) => sum + (files.get(path)?.length ?? 0), 8 * numbers);
}

/** What a run would take, or why there can be none; nothing where its files were not given. */
function measured(
  experiment: ResolvedExperiment,
  kernels: KernelSet,
  { files, memoryLimit }: CheckParams,
): Estimate | readonly Objection[] {
  if (filesOf(experiment).some(({ path }) => !files.has(path))) return [];
  const own = new Map(filesOf(experiment).map(({ path }) => [path, files.get(path) ?? new Uint8Array(0)]));
  const measuring = measureTraining({ experiment, files: own, kernels, memoryLimit });
  if (measuring.kind === 'refused') return measuring.refusals;
  const { options, memoryBytes } = measuring.measured;
  return { parameters: parameterCount(options.network), memoryBytes };
}
