import assert from 'node:assert/strict';
import { parse } from 'jsonc-parser';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tensorOf } from '../../../src/engine/instruments/capture';
import type { Finding } from '../../../src/diagnosis/finding';
import { GradientFlowComputer } from '../../../src/trainer/replay/gradientFlow';
import { replayHandlersByName } from '../../../src/trainer/replay/replayHandlers';
import { whatIf } from '../../../src/trainer/replay/whatIf';
import { cellHelp } from '../../../webview/notebook/cell/cellHelp';
import { coveredOptions } from '../../../webview/notebook/whatIf/coveredOptions';
import { findingsOf, samples } from '../diagnosis/trainedFindings';
import { exampleText, exampleTraining } from '../trainer/exampleTraining';

// Sentences that misled a reader: what they say is measured, or they are gone.

const pause = (): Promise<void> => Promise.resolve();

/** The captured update of an experiment. */
function capturedUpdate(keys: object, update: number, files?: ReadonlyMap<string, Uint8Array>) {
  const training = exampleTraining({ clip: null, ...keys }, files);
  for (;;) {
    const advance = training.advance((at) => at === update);
    assert.ok(advance.kind === 'updated');
    if (advance.captured !== undefined) return { training, captured: advance.captured };
  }
}

describe('What a reported sentence says', () => {
  it('of a column of the gradient flow: norms of the losses do not add up to that of the total', async () => {
    const written = readFileSync(join(samples, 'three-steps.rnn.json'), 'utf8');
    const { training, captured } = capturedUpdate(parse(written) as object, 0);
    const { h } = await new GradientFlowComputer(training.setup).of(
      captured.capture,
      { update: 0, sequence: 0, layer: 0 },
      pause,
    );
    // Reported: 0.545 against 0.469, at one of the steps.
    const total = tensorOf(captured.capture, 'dh_l0').data;
    const pairs = [0, 1, 2].map((k) => {
      const column = [0, 1, 2].reduce((sum, t) => sum + (h.matrix[t * 3 + k] || 0), 0);
      return [column, Math.hypot(total[2 * k] ?? NaN, total[2 * k + 1] ?? NaN)] as const;
    });
    assert.ok(
      pairs.some(([column, norm]) => Math.abs(column - 0.545) < 5e-4 && Math.abs(norm - 0.469) < 5e-4),
      JSON.stringify(pairs),
    );
    assert.match(cellHelp['Gradient flow: which loss reaches which step'].text, /It is not the sum of a column/);
  });

  it('of truncated BPTT: of a window, only the last steps send a gradient back', () => {
    const { captured } = capturedUpdate(
      { data: { text: 'text.txt' }, bptt: { forward: 20, backward: 5 }, training: { steps: 3, batch: 1 } },
      1,
      exampleText,
    );
    const { data, shape } = tensorOf(captured.capture, 'dh_l0');
    const width = data.length / (shape[0] ?? NaN);
    const reached = Array.from({ length: 20 }, (_, t) =>
      data.subarray(t * width, (t + 1) * width).some((one) => one !== 0),
    );
    assert.deepEqual(reached, [...Array<boolean>(15).fill(false), ...Array<boolean>(5).fill(true)]);
  });

  for (const backward of [3, 6, 10]) {
    it(`of a what-if over all steps: it names how many these are, with ${backward} of 6 steps backward`, async () => {
      const bptt = { forward: 6, backward };
      const keys = { data: { text: 'text.txt' }, model: { cell: 'rnn', hidden: 5 }, bptt };
      const { training, captured } = capturedUpdate({ ...keys, training: { steps: 12, batch: 2 } }, 5, exampleText);
      const inspection = await replayHandlersByName.inspect(
        { captured, setup: training.setup } as Parameters<typeof replayHandlersByName.inspect>[0],
        { update: 5, sequence: 0 },
      );
      const label = coveredOptions(inspection).find(({ value }) => value === 'full')?.label ?? '';
      const said = Number(/\d+/.exec(label)?.[0]);
      // As many steps backward are no other gradient, and one less is another one.
      const biasOf = async (steps: number): Promise<number> =>
        (await whatIf(captured, training.setup, { backward: steps }, pause)).changed.bias;
      assert.equal(await biasOf(said), 0, label);
      assert.ok((await biasOf(said - 1)) > 0, label);
    });
  }

  it('of units of the settings of min-char-rnn: they are not called saturated', () => {
    const seen = new Set<Finding>();
    const experiment = {
      data: { text: 'sonnets.txt', validation: 0.1 },
      model: {
        cell: 'rnn',
        hidden: 100,
        init: { recurrent: 'normal', input: 'normal', gain: 0.01, inputGain: 0.01, bias: 'zero' },
      },
      bptt: { forward: 25, backward: 25 },
      loss: { kind: 'crossEntropy', reduction: 'sum' },
      clip: { value: 5 },
      optimizer: { kind: 'adagrad', learningRate: 0.1 },
      training: { steps: 1500, batch: 1 },
    };
    const found = findingsOf(JSON.stringify(experiment), undefined, undefined, seen);
    assert.deepEqual(
      [...seen, ...found].filter(({ code }) => code === 'saturated'),
      [],
    );
  });

  it('of a run whose loss is 0: nothing about the learning rate, or that no gradient reaches a weight', () => {
    const experiment = {
      data: { sequences: [{ inputs: [[1], [2], [3]], targets: [[0], [0], [0]] }] },
      model: {
        cell: 'rnn',
        hidden: 3,
        init: { recurrent: 'identity', input: 'uniform', gain: 0, inputGain: 0, bias: 'zero', head: 'identity' },
      },
      optimizer: { kind: 'sgd', learningRate: 0.1 },
      training: { steps: 400 },
    };
    const found = findingsOf(JSON.stringify(experiment));
    assert.deepEqual(
      found.filter(({ level }) => level !== 'hint'),
      [],
    );
  });
});

/** Sentences that are false, and where each was refuted. */
const refuted: readonly RegExp[] = [
  // A net whose horizon is below its lag may learn it all the same.
  /too short to learn it/i,
  /cannot learn that lag/i,
  /however long it is trained/i,
  // x_t enters c_t through its gates.
  /must pass to get into c_t/i,
  // Only in the top layer.
  /the gradient can only shrink/i,
  // Norms do not add.
  /sum over a column is what the heatmap/i,
  // Several baselines have a memory.
  /what an answer without memory would score/i,
  // Of 100 steps, only the last 10.
  /only the steps inside the window send/i,
];

function filesBelow(folder: string, endings: RegExp): readonly string[] {
  return readdirSync(resolve(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.test(name))
    .map((name) => join(folder, name));
}

describe('A refuted sentence', () => {
  it('stands nowhere in what people read', () => {
    const files = [
      'README.md',
      ...['src', 'webview'].flatMap((folder) => filesBelow(folder, /\.ts$/)),
      ...['docs', 'media'].flatMap((folder) => filesBelow(folder, /\.(?:md|json)$/)),
    ];
    assert.ok(files.length > 500);
    for (const file of files) {
      const text = readFileSync(resolve(file), 'utf8').replaceAll(/\s+/g, ' ');
      for (const sentence of refuted) assert.doesNotMatch(text, sentence, file);
    }
  });
});
