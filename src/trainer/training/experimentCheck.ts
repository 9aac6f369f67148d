import { fileProblem } from '../../data/files/fileReading';
import { filesOf } from '../../data/source';
import type { DataFinding } from '../../data/sourceContract';
import type { Finding } from '../../diagnosis/finding';
import { formatRemedy } from '../../text/remedyText';
import { defaultKernelSet, openKernels } from '../../engine/kernels/open';
import { parameterCount } from '../../engine/network';
import { checkFirstUpdates, maxMultiplyAdds, multiplyAddsOf } from './firstUpdate';
import { layerSizes } from './layerSizes';
import type { ExperimentFile } from '../../experiment/experimentFile';
import { parseExperiment, type Parsed } from '../../experiment/parse';
import type { KeyProblem, Problem } from '../../experiment/problems/problem';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import type { CheckedExperiment, CheckParams, Estimate, PlacedFinding } from '../../protocol/trainer';
import { estimateLargeRun, ReadingTimer } from './largeData';
import { measureTraining, type MeasuredTraining, type TrainingRequest } from './trainingSetup';

/**
 * Maximum number of bytes of data that are opened in one check: each variant opens its own, and a file may have two
 * hundred variants. The remaining ones get no estimate.
 */
const maxOpenedBytes = 64 * 1024 * 1024;

/** Checks experiment files while they are edited: their problems, and the size of each of their runs. */
export class ExperimentChecker {
  /** The file that was parsed last. The editor checks each text twice, first for the names of its data files. */
  #last: { readonly text: string; readonly parsed: Parsed } | undefined;
  readonly timer: ReadingTimer;

  /**
   * @param cores number of threads that can run at the same time
   * @param clock monotonic, in seconds
   */
  constructor(
    readonly cores: number,
    readonly clock: () => number,
  ) {
    this.timer = new ReadingTimer(clock);
  }

  check(params: CheckParams): CheckedExperiment {
    const { text } = params;
    if (this.#last?.text !== text) this.#last = { text, parsed: parseExperiment(text) };
    const { parsed } = this.#last;
    if (parsed.kind === 'refused') {
      return { problems: parsed.problems, findings: [], variants: [], paths: [], estimates: new Map() };
    }
    return checkRuns(parsed.file, params, this);
  }
}

function checkRuns(
  file: ExperimentFile,
  params: CheckParams,
  { cores, clock, timer }: Pick<ExperimentChecker, 'cores' | 'clock' | 'timer'>,
): CheckedExperiment {
  const problems = new Map<string, Problem>();
  const findings = new Map<string, PlacedFinding>();
  const paths = new Set<string>();
  const estimates = new Map<string | undefined, Estimate>();
  const { memoryLimit, workers } = params;
  const shared = {
    kernels: openKernels(defaultKernelSet(params.reproducible)),
    memoryLimit,
    workers: { requested: workers, cores },
    timer,
  };
  let opened = 0;
  let computed = 0;
  for (const variant of [undefined, ...file.variants.map(({ name }) => name)]) {
    const resolved = file.resolve(variant);
    if (resolved.kind === 'refused') continue;
    const { experiment } = resolved;
    for (const { path } of filesOf(experiment)) paths.add(path);
    const unreadable = unreadableFiles(experiment, params);
    opened += unreadable.length > 0 ? 0 : bytesOf(experiment, params);
    const outcome =
      unreadable.length > 0 ? unreadable : opened > maxOpenedBytes ? [] : estimateRun(experiment, params, shared);
    if ('estimate' in outcome) {
      estimates.set(variant, outcome.estimate);
      for (const { at, ...finding } of outcome.findings) {
        const { place, fixes = [] } = file.placed({ ...finding, keyPath: at }, variant);
        const id = `${place.offset}:${finding.message}`;
        if (!findings.has(id)) findings.set(id, { ...finding, place, fixes });
      }
      // Each variant would compute an update of its own.
      if (outcome.kind === 'large') continue;
      computed += multiplyAddsOf(outcome.measured);
      if (computed > maxMultiplyAdds) continue;
      const first = checkFirstUpdates(outcome.request, outcome.measured, clock);
      estimates.set(variant, { ...outcome.estimate, time: first.time });
      for (const finding of first.findings) {
        // The data were read with the columns by their names, so what they say of a key says more.
        if (outcome.findings.some((known) => isSameFinding(known, finding))) continue;
        const placed = placedFinding(file, finding, variant);
        // Variants have other numbers of the same finding at the same key: one of them is enough.
        const id = `${placed.place.offset}:${placed.code}`;
        if (placed.level !== 'error' && !findings.has(id)) findings.set(id, { ...placed, level: placed.level });
      }
    } else {
      for (const problem of outcome) {
        const placed = file.placed(problem, variant);
        const id = `${placed.place.offset}:${problem.message}`;
        // The fixes of a problem that variants inherit change the experiment itself.
        if (!problems.has(id)) problems.set(id, placed);
      }
    }
  }
  return {
    problems: [...problems.values()],
    findings: [...findings.values()],
    variants: file.variants,
    paths: [...paths],
    estimates,
  };
}

function isSameFinding(one: DataFinding, other: Finding): boolean {
  return one.code === other.code && one.keyPath.join('.') === other.keyPath.join('.');
}

/** A finding before training at its key, with its remedies as fixes of the experiment or of the variant. */
function placedFinding(file: ExperimentFile, finding: Finding, variant: string | undefined) {
  const { code, level, keyPath, message, remedies = [] } = finding;
  const fixes = remedies.map((remedy) => ({ title: formatRemedy(remedy), changes: file.changesFor(remedy, variant) }));
  return { code, level, keyPath, message, fixes, place: file.placeOf(keyPath, variant) };
}

function unreadableFiles(experiment: ResolvedExperiment, { unreadable }: CheckParams): readonly KeyProblem[] {
  return filesOf(experiment).flatMap(({ path, keyPath }) => {
    const reason = unreadable.get(path);
    return reason === undefined ? [] : [fileProblem(reason, keyPath)];
  });
}

/** Bytes that are opened for an estimate; inline sequences count as eight bytes per number. */
function bytesOf(experiment: ResolvedExperiment, { files, large }: CheckParams): number {
  const inline = 'sequences' in experiment.data ? experiment.data.sequences : [];
  const numbers = inline.reduce(
    (sum, { inputs, targets }) => sum + inputs.length * (inputs[0]?.length ?? 0) + targets.length,
    0,
  );
  const bytesAt = (path: string): number => (files.get(path) ?? large.get(path)?.start)?.length ?? 0;
  return filesOf(experiment).reduce((sum, { path }) => sum + bytesAt(path), 8 * numbers);
}

/** What a run needs, and what was found in its data. */
interface CheckedRun {
  readonly kind: 'whole';
  readonly estimate: Estimate;
  readonly findings: readonly DataFinding[];
  /** What was measured, and of what. */
  readonly measured: MeasuredTraining;
  readonly request: TrainingRequest;
}

/** A run over a large file, which is estimated from its beginning. */
interface CheckedLargeRun {
  readonly kind: 'large';
  readonly estimate: Estimate;
  readonly findings: readonly [];
}

/** The estimate of a run and the findings about its data, or its problems; an empty list if its files are missing. */
function estimateRun(
  experiment: ResolvedExperiment,
  { files: given, large }: CheckParams,
  { timer, ...shared }: Pick<TrainingRequest, 'kernels' | 'memoryLimit' | 'workers'> & { readonly timer: ReadingTimer },
): CheckedRun | CheckedLargeRun | readonly KeyProblem[] {
  const files = new Map<string, Uint8Array>();
  for (const { path } of filesOf(experiment)) {
    const bytes = given.get(path);
    if (bytes !== undefined) files.set(path, bytes);
  }
  if (files.size < filesOf(experiment).length) {
    const estimate = estimateLargeRun({ experiment, files, ...shared }, large, timer);
    return estimate === undefined ? [] : { kind: 'large', estimate, findings: [] };
  }
  const request = { experiment, files, ...shared };
  const measuring = measureTraining(request);
  if (measuring.kind === 'refused') return measuring.problems;
  const { measured } = measuring;
  const { options, memoryBytes, source } = measured;
  const parameters = parameterCount(options.network);
  const estimate = {
    parameters,
    memoryBytes,
    reading: undefined,
    time: undefined,
    layers: layerSizes(options),
  };
  return { kind: 'whole', estimate, findings: source.findings ?? [], measured, request };
}
