import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKernels, defaultKernelSet } from '../../../src/engine/kernels/open';
import { parseExperiment } from '../../../src/experiment/parse';
import type { ReplayRequestName, ReplayRequests, RequestReplay } from '../../../src/protocol/replayRequests';
import { PredictionReader } from '../../../src/trainer/predictions/predictionReader';
import { UpdateTerms } from '../../../src/trainer/replay/chainRuleTerms';
import { GradientFlowComputer } from '../../../src/trainer/replay/gradientFlow';
import { ProbeComputer } from '../../../src/trainer/replay/probedUpdate';
import { replayHandlersByName } from '../../../src/trainer/replay/replayHandlers';
import { Training, type CapturedUpdate } from '../../../src/trainer/training/training';
import { prepareTraining, type TrainingSetup } from '../../../src/trainer/training/trainingSetup';

/** The folder of the samples and of their data. */
const samplesFolder = 'media/samples';

/** A sample that is trained as far as it is asked for, with the kernels that a run uses. */
export class TrainedSample {
  readonly setup: TrainingSetup;
  readonly #training: Training;
  readonly #captured = new Map<number, CapturedUpdate>();
  #next = 0;

  constructor(
    readonly name: string,
    readonly variant: string | undefined,
  ) {
    const parsed = parseExperiment(readFileSync(join(samplesFolder, name), 'utf8'));
    assert.ok(parsed.kind === 'experiment', name);
    const resolved = parsed.file.resolve(variant);
    assert.ok(resolved.kind === 'resolved', `${name}: ${variant}`);
    const { experiment } = resolved;
    const kernels = openKernels(defaultKernelSet());
    const prepared = prepareTraining({ experiment, files: new Map(), kernels, memoryLimit: 1e9 });
    assert.ok(prepared.kind === 'prepared', `${name}: ${variant}`);
    this.setup = prepared.setup;
    this.#training = new Training(prepared.setup, () => 0);
  }

  /** Trains to an update, unless it was captured before: updates are asked for in their order. */
  captured(update: number): CapturedUpdate {
    const known = this.#captured.get(update);
    if (known !== undefined) return known;
    assert.ok(update >= this.#next, `update ${update} of ${this.name} is asked for after a later one`);
    for (;;) {
      const advance = this.#training.advance((at) => at === update);
      assert.ok(advance.kind === 'updated', `${this.name} has no update ${update}`);
      this.#next++;
      if (advance.captured === undefined) continue;
      this.#captured.set(update, advance.captured);
      return advance.captured;
    }
  }

  /** Answers requests about an update as the trainer of a panel does. */
  readonly request: RequestReplay = async <Name extends ReplayRequestName>(
    name: Name,
    params: ReplayRequests[Name]['params'],
  ): Promise<ReplayRequests[Name]['result']> => {
    const captured = this.captured(params.update);
    const { setup } = this;
    const context = {
      ...{ captured, setup, caveat: undefined, pause: () => Promise.resolve() },
      terms: new UpdateTerms(captured.capture),
      gradientFlow: new GradientFlowComputer(setup),
      predictions: new PredictionReader(setup, new Map()),
      probes: new ProbeComputer(setup).at(captured.capture),
    };
    return replayHandlersByName[name](context, params);
  };
}

/** Whether a sample with this file name comes with the extension. */
export function isSample(name: string): boolean {
  return existsSync(join(samplesFolder, name));
}
