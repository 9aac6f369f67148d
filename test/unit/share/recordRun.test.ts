import assert from 'node:assert/strict';
import { replyKey } from '../../../src/protocol/recording';
import type { RunView } from '../../../src/protocol/panel';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import type { RunStatus } from '../../../src/protocol/run';
import { pack } from '../../../src/run/records/recordBatch';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import { capturedUpdates, notableUpdates } from '../../../src/share/notableUpdates';
import { recordRun } from '../../../src/share/recordRun';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';
import { inspected } from '../webview/inspectedUpdate';

function chosenFrom(updates: number, changed: Partial<RunStatus> = {}) {
  const series = new DisplaySeries(exampleLayout, 1);
  const records = Array.from({ length: updates }, (_, i) => ({ ...exampleRecord(i), gradNorm: i === 7 ? 9 : 1 }));
  series.append(pack(exampleLayout, records));
  const status = { updates, findings: [], best: undefined, nonFinite: undefined, ...changed } as unknown as RunStatus;
  return { series, status };
}

const shown = (from: ReturnType<typeof chosenFrom>, least = 0) =>
  notableUpdates(from, least).map(({ update, reason }) => `${update} ${reason}`.trim());

describe('The notable updates of a run', () => {
  it('are the first and the last, the best, the largest gradient and those of findings, in their order', () => {
    const finding = { code: 'vanishing', level: 'warning' as const, keyPath: [], message: '' };
    const from = chosenFrom(20, {
      best: { updates: 12, validationLoss: 0.1 },
      findings: [
        { ...finding, when: 'update', update: 7 },
        { ...finding, code: 'fellBack', when: 'end', update: 19, bestUpdate: 12 },
      ],
    });
    assert.deepEqual(shown(from), [
      '0 the first',
      '7 the largest gradient norm, finding “vanishing”',
      '12 begins with the lowest validation loss, finding “fellBack”',
      '19 the last',
    ]);
  });

  it('of a run that diverged end with the last finite one, at the sequence that broke', () => {
    const where = { update: 3, pass: 'forward', tensor: 'h', row: 5, value: 'NaN' } as const;
    const last = notableUpdates(chosenFrom(3, { nonFinite: where }), 0).at(-1);
    assert.deepEqual(last && [last.update, last.sequence], [2, 5]);
    assert.match(last?.reason ?? '', /the last with finite numbers/);
  });

  it('are filled up to the requested number, or to all updates, and an untrained run has none', () => {
    assert.equal(notableUpdates(chosenFrom(20), 8).length, 8);
    assert.equal(notableUpdates(chosenFrom(5), 8).length, 5);
    assert.deepEqual(notableUpdates(chosenFrom(0), 8), []);
    assert.deepEqual(shown(chosenFrom(1)).length, 1);
  });
});

describe('A recorded run', () => {
  const inspection = inspected({});
  const asked: string[] = [];
  const ask: RequestReplay = ((name: string, params: object) => {
    asked.push(replyKey(name as 'inspect', { ...params }));
    if (name === 'inspect') return Promise.resolve(inspection);
    return name === 'gradientFlow' ? Promise.reject(new Error('Too long.')) : Promise.resolve({ of: name });
  }) as unknown as RequestReplay;
  const { series, status } = chosenFrom(3);
  const run = {
    info: { folder: '/home/someone/secret/unroll-runs/run-1' },
    status: { ...status, state: 'finished', beforeFix: { folder: '/home/someone/secret' } },
    series: series.whole(),
  } as unknown as RunView;
  const place = { update: inspection.update, sequence: inspection.sequence, reason: '' };
  const record = () => recordRun({ title: 'A', startTime: '', run, updates: [place] }, ask);

  it('has a reply to every first request of the page, and the reason where there is none', async () => {
    const { replies } = await record();
    const { update, sequence, steps } = inspection;
    assert.deepEqual(replies[replyKey('inspect', { sequence, update })], { value: inspection });
    const parameter = 'rnn.weight_hh_l0';
    for (let t = 0; t < steps; t++) {
      const key = replyKey('chainRuleTerms', { update, sequence, parameter, t });
      assert.deepEqual(replies[key], { value: { of: 'chainRuleTerms' } });
    }
    assert.deepEqual(replies[replyKey('gradientFlow', { update, sequence, layer: 0 })], { failure: 'Too long.' });
    assert.ok(asked.every((key) => !/^(?:whatIf|horizon|heldOutLosses|predictionRows) /.test(key)));
  });

  it('names no folder of the machine', async () => {
    const { state } = await record();
    assert.doesNotMatch(JSON.stringify(state), /someone|secret/);
    assert.equal(state.run?.info.folder, 'run-1');
  });
});

describe('The key of a reply', () => {
  it('is the same for the same parameters in another order, and without those that are undefined', () => {
    assert.equal(
      replyKey('inspect', { update: 1, sequence: 0 }),
      replyKey('inspect', { sequence: 0, probe: undefined, update: 1 }),
    );
    assert.notEqual(replyKey('inspect', { update: 1 }), replyKey('inspect', { update: 2 }));
  });
});

describe('The captured updates of a recorded run', () => {
  it('are those of its files that the run has, in their order', () => {
    const files = [
      'run.json',
      'step-100.safetensors',
      'step-7.safetensors',
      'step-900.safetensors',
      'step-x.safetensors',
    ];
    assert.deepEqual(capturedUpdates(files, 140), [
      { update: 7, sequence: 0, reason: 'captured' },
      { update: 100, sequence: 0, reason: 'captured' },
    ]);
    const many = Array.from({ length: 100 }, (_, i) => `step-${i}.safetensors`);
    assert.equal(capturedUpdates(many, 1000).length, 32);
  });
});
