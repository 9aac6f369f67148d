import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFindings } from '../../../src/diagnosis/finding';
import { readManifest } from '../../../src/run/manifest';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { Run } from '../../../src/trainer/training/run';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import { exampleTraining } from '../trainer/exampleTraining';

const keys = (steps: number) => ({
  data: { task: 'adding', length: 20 },
  model: { cell: 'lstm', hidden: 4, forgetBias: 0 },
  clip: null,
  optimizer: { kind: 'sgd', learningRate: 0.0005 },
  training: { steps, batch: 4, checkpointEvery: 50 },
});

describe('The findings of a run', () => {
  let folder: string;
  const codesIn = (): readonly string[] =>
    readFindings(readFileSync(join(folder, 'findings.jsonl'))).findings.map(({ code }) => code);
  const writerOf = (steps: number): RunWriter => {
    const training = exampleTraining(keys(steps));
    return new RunWriter(new FolderStorage(folder), training, runInfoOf(training.setup, undefined, folder, 1));
  };
  const train = async (writer: RunWriter): Promise<readonly string[]> => {
    const told: string[] = [];
    const observer = {
      records: () => undefined,
      saveStatus: () => undefined,
      findings: (findings: RunWriter['diagnosis']['findings']) => {
        told.splice(0, Infinity, ...findings.map(({ code }) => code));
      },
    };
    const yieldToMessages = () => new Promise<void>((resolve) => setImmediate(resolve));
    const ending = await new Run({ training: writer.training, writer, observer, yieldToMessages }).train();
    assert.equal(ending.kind, 'finished');
    return told;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-findings-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('are reported and saved in its folder', async () => {
    const writer = writerOf(150);
    await writer.begin();
    const told = await train(writer);
    // The cause of a run that has not learned comes first.
    assert.deepEqual(told.slice(0, 2), ['notLearning', 'forgetBiasZero']);
    assert.deepEqual(codesIn(), told);
  });

  it('remain when it is resumed, except those about its end', async () => {
    const manifest = readManifest(readFileSync(join(folder, 'run.json')));
    assert.ok(manifest !== undefined);
    const writer = writerOf(300);
    await writer.resume(manifest);
    assert.equal(writer.diagnosis.state.updates, 150);
    const found = writer.diagnosis.findings;
    assert.deepEqual(
      found.filter(({ when }) => when === 'end'),
      [],
    );
    assert.equal(found[0]?.code, 'forgetBiasZero');
    const told = await train(writer);
    assert.equal(told.filter((code) => code === 'forgetBiasZero').length, 1);
    assert.deepEqual(codesIn(), told);
  });

  it('are read from an untrusted file as far as they are valid', () => {
    const finding = { code: 'x', level: 'hint', when: 'start', update: 0, keyPath: ['clip'], message: '<b>' };
    const lines = ['', '{', '[]', JSON.stringify({ ...finding, update: -1 }), JSON.stringify(finding)];
    const { findings, damaged } = readFindings(new TextEncoder().encode(lines.join('\n')));
    assert.deepEqual(findings, [finding]);
    assert.deepEqual(
      damaged.map(({ number }) => number),
      [2, 3, 4],
    );
    assert.deepEqual(readFindings(new Uint8Array(2 * 1024 * 1024)).findings, []);
  });
});
