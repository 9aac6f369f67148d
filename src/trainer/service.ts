import { digestOfData } from '../data/dataDigest';
import { Diagnosis } from '../diagnosis/diagnosis';
import { defaultKernelSet, missingSpeed, openKernels, type BuiltKernelSet } from '../engine/kernels/open';
import { reasonOf, type Channel, type Handlers } from '../protocol/channel';
import type { RunInfo } from '../protocol/run';
import type { StartParams, StartReply, TrainerContract, TrainerHostContract } from '../protocol/trainer';
import { replayHandlers } from '../protocol/replayRequests';
import type { StoredRunRequests } from '../protocol/storedRun';
import { formatUnsaved } from '../run/storage/storageErrorAdvice';
import { kernelsAt } from '../run/kernelHistory';
import type { Manifest } from '../run/manifest';
import { buffersOf } from '../run/records/recordBatch';
import type { RunStorage } from '../run/storage/storage';
import { ExperimentChecker } from './training/experimentCheck';
import { runInfoOf } from './training/runInfo';
import { WorkerPool, type Threads } from './training/workerPool';
import { prepareTraining } from './training/trainingSetup';
import { ReplayService } from './replay/replayService';
import { Run } from './training/run';
import { resumedKernelsNotice, runnableKernels } from './training/runnableKernels';
import { RunWriter } from './storage/runWriter';
import { Training } from './training/training';

/** Answers what is asked of stored runs. */
export type StoredRunHandlers = Handlers<{ requests: StoredRunRequests; events: Record<never, never> }>;

/** What the worker's carrier supplies; a worker thread and a web worker each have their own. */
export interface TrainerHost {
  readonly connect: (handlers: Handlers<TrainerContract>) => Channel<TrainerContract, TrainerHostContract>;
  readonly openFolder: (folder: string) => RunStorage;
  /** Reads stored runs. */
  readonly storedRuns: StoredRunHandlers;
  /** Seconds on a clock that never goes back. */
  readonly clock: () => number;
  readonly yieldToMessages: () => Promise<void>;
  /** Threads that can share the work; undefined where the host has none. */
  readonly threads: Threads | undefined;
}

/** A trainer as its process or worker holds it. */
export interface ServedTrainer {
  /** Saves what a run has and stops it, so that it can be resumed; resolves when that is done. */
  suspend(): Promise<void>;
}

/** Serves one run to the host: start it once, then pause, step, resume, stop; or the replay of a kept one. */
export function serveTrainer(surroundings: TrainerHost): ServedTrainer {
  let run: Run | undefined;
  let training: Promise<unknown> = Promise.resolve();
  const checker = new ExperimentChecker(surroundings.threads?.cores ?? 1);
  const replays = new ReplayService(surroundings.openFolder, surroundings.clock, surroundings.yieldToMessages);
  const running = (): Run => {
    if (run === undefined) throw new Error('No run has been started.');
    return run;
  };

  const channel = surroundings.connect({
    start: async (params) => {
      if (run !== undefined) throw new Error('This trainer already has a run.');
      const started = await start(params);
      return started;
    },
    checkExperiment: (params) => checker.check(params),
    pause: async () => {
      await running().pause();
      return undefined;
    },
    resume: () => {
      running().resume();
      return undefined;
    },
    step: async () => {
      await running().step();
      return undefined;
    },
    stop: () => {
      running().stop();
      return undefined;
    },
    setLearningRate: (rate) => {
      running().setLearningRate(rate);
      return undefined;
    },
    unwritten: (from) => running().unwritten(from),
    ...surroundings.storedRuns,
    openReplay: (params) => replays.open(params),
    ...replayHandlers((name, params) => replays.answer(name, params)),
  });

  async function start(params: StartParams): Promise<StartReply> {
    const { experiment, variant, files, memoryLimit, folder, earlier } = params;
    // Before the data are opened: it takes a copy of the file's bytes, and gives it back.
    const dataDigest = await digestOfData(experiment, files);
    const kernels = openKernels(earlier === undefined ? defaultKernelSet(params.reproducible) : toResume(earlier));
    const planned = prepareTraining({
      experiment,
      files,
      kernels,
      memoryLimit,
      workers: { wanted: params.workers, cores: surroundings.threads?.cores ?? 1 },
      ...(earlier === undefined ? {} : { shards: earlier.facts.shards }),
    });
    if (planned.kind === 'refused') return planned;
    const slowness = missingSpeed();
    if (slowness !== undefined) channel.emit('notice', slowness);
    const trained = new Training(planned.plan, surroundings.clock);
    const helpers = WorkerPool.start(planned.plan.learner, params.workers, surroundings.threads, (message) => {
      channel.emit('notice', message);
    });
    const factsIn = (kept: string | undefined): RunInfo =>
      runInfoOf(planned.plan, variant, kept, helpers.workers, dataDigest);
    const writer = folder === undefined ? undefined : await opened(trained, factsIn(folder), folder, params);
    const facts = writer?.facts ?? factsIn(undefined);
    run = new Run({
      training: trained,
      writer,
      diagnosis: writer?.diagnosis ?? new Diagnosis(experiment, facts),
      observer: {
        records: (batch) => {
          channel.emit('records', batch, buffersOf(batch));
        },
        keeping: (keeping) => {
          channel.emit('keeping', keeping);
        },
        findings: (findings) => {
          channel.emit('findings', findings);
        },
      },
      yieldToMessages: surroundings.yieldToMessages,
    });
    const driven = run;
    // The reply goes out before the first update does.
    training = surroundings
      .yieldToMessages()
      .then(() => driven.train())
      .finally(() => {
        helpers.dispose();
      })
      .then(
        (ending) => {
          channel.emit('ended', ending);
        },
        (error: unknown) => {
          channel.emit('ended', { kind: 'failed', updates: trained.updates, message: reasonOf(error) });
        },
      );
    return { kind: 'started', facts, updates: trained.updates };
  }

  /** The kernel set that a run was computed with; another one where that cannot run here, and then the person is told. */
  function toResume({ facts }: Manifest): BuiltKernelSet {
    const kernels = runnableKernels(kernelsAt(facts, Infinity));
    const notice = resumedKernelsNotice(kernels);
    if (notice !== undefined) channel.emit('notice', notice);
    return kernels.name;
  }

  async function opened(
    training: Training,
    facts: RunInfo,
    folder: string,
    { source, earlier }: StartParams,
  ): Promise<RunWriter | undefined> {
    const writer = new RunWriter(surroundings.openFolder(folder), training, facts, source);
    if (earlier !== undefined) {
      for (const fault of await writer.resume(earlier)) channel.emit('notice', fault);
      return writer;
    }
    try {
      await writer.begin();
      return writer;
    } catch (error) {
      channel.emit('notice', formatUnsaved(error, folder));
      return undefined;
    }
  }

  return {
    suspend: async () => {
      run?.suspend();
      await training;
    },
  };
}
