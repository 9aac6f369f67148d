import assert from 'node:assert/strict';
import { resolveValue } from '../../../src/experiment/resolved';
import { withClasses } from '../../../src/experiment/problems/tableTargets';
import {
  baseKeyValue,
  differingKeys,
  distinguishingKeys,
  formatValue,
  keyValues,
  withoutImpliedKeys,
} from '../../../src/run/differences';
import { distinctNames } from '../../../src/run/distinctNames';
import { plainName, readDisplayName, writeDisplayName } from '../../../src/run/displayName';

describe('The keys in which runs differ', () => {
  const one = { name: 'a', model: { cell: 'rnn', hidden: 4 }, clip: { norm: 1 }, data: { task: 'echo' } };
  const other = { name: 'b', model: { cell: 'lstm', hidden: 4 }, clip: null, data: { task: 'echo' } };

  it('are those with another value, or with none, in some run; the name of a run is not one of them', () => {
    const values = [one, other].map(keyValues);
    assert.deepEqual(differingKeys(values), ['model.cell', 'clip.norm', 'clip']);
    assert.deepEqual(
      values.map((of) => formatValue(of.get('model.cell'))),
      ['rnn', 'lstm'],
    );
    assert.equal(formatValue(values[1].get('clip.norm')), '–');
  });

  it('are none for one run, or for equal ones', () => {
    assert.deepEqual(differingKeys([keyValues(one)]), []);
    assert.deepEqual(differingKeys([keyValues(one), keyValues({ ...one, name: 'c', notes: 'x' })]), []);
  });

  it('are left out of a table where another key implies them', () => {
    const of = (cell: string, forgetBias?: number) => keyValues({ model: { cell, forgetBias } });
    const [lstm, gru, rnn] = [
      of('lstm', 1),
      keyValues({ model: { cell: 'gru' } }),
      keyValues({ model: { cell: 'rnn' } }),
    ];
    const without = (...all: ReturnType<typeof of>[]) => withoutImpliedKeys(differingKeys(all), all);
    assert.deepEqual(without(lstm, gru, rnn), ['model.cell']);
    assert.deepEqual(without(lstm, gru, of('lstm', 0)), ['model.cell', 'model.forgetBias']);
    // Keys that every run has imply nothing: which of two that change together is the cause is not known.
    assert.deepEqual(
      without(keyValues({ seed: 1, model: { hidden: 4 } }), keyValues({ seed: 2, model: { hidden: 8 } })),
      ['seed', 'model.hidden'],
    );
    // Two keys that only come together stay: neither is everywhere.
    assert.deepEqual(without(keyValues({ a: 1, b: 1 }), keyValues({})), ['a', 'b']);
  });

  it('name an experiment among its variants by the one that most of them change', () => {
    const of = (cell: string, more: object = {}) => keyValues({ model: { cell, ...more } });
    const variants = [of('gru'), of('rnn'), of('rnn', { init: 'orthogonal' }), of('lstm', { forgetBias: 0 })];
    assert.deepEqual(baseKeyValue(of('lstm', { forgetBias: 1 }), variants), ['model.cell', 'lstm']);
    assert.equal(baseKeyValue(of('lstm'), [of('lstm', { init: 'orthogonal' })]), undefined);
    assert.equal(baseKeyValue(of('lstm'), []), undefined);
  });

  it('are found in an untrusted experiment that is nested deeply or has the key __proto__', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`) as unknown;
    const values = keyValues(deep);
    assert.deepEqual([...values.keys()], ['a.a.a.a.a']);
    assert.ok(formatValue(values.get('a.a.a.a.a')).length <= 60);
    const proto = keyValues(JSON.parse('{ "__proto__": { "polluted": 1 } }'));
    assert.equal(proto.get('__proto__.polluted'), '1');
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});

describe('The names of runs side by side', () => {
  const experiment = (learningRate: number, clip: object | null, cell = 'lstm') =>
    keyValues({ model: { cell }, clip, optimizer: { learningRate }, data: { inputs: ['temperature', 'pressure'] } });
  const run = (name: string, startTime: string, values: ReturnType<typeof experiment> | undefined) => ({
    name,
    startTime,
    values,
  });

  it('include the keys in which runs of one experiment differ, but not those in which only others differ', () => {
    assert.deepEqual(
      distinctNames([
        run('lag', '7:35 AM', experiment(0.005, null)),
        run('lag', '7:39 AM', experiment(0.02, null)),
        run('GRU', '7:42 AM', experiment(0.02, null, 'gru')),
      ]),
      ['lag, learningRate 0.005', 'lag, learningRate 0.02', 'GRU'],
    );
  });

  it('include the start time only if the keys do not distinguish two runs', () => {
    assert.deepEqual(
      distinctNames([
        run('lag', '7:35 AM', experiment(0.005, { norm: 1 })),
        run('lag', '7:39 AM', experiment(0.02, null)),
        run('lag', '7:42 AM', experiment(0.02, null)),
        run('lag', '', undefined),
      ]),
      [
        'lag, norm 1, learningRate 0.005',
        'lag, learningRate 0.02, clip null, 7:39 AM',
        'lag, learningRate 0.02, clip null, 7:42 AM',
        'lag',
      ],
    );
  });

  it('list short values before long ones', () => {
    const values = [1, 2].map((seed) => keyValues({ data: { inputs: ['a', 'long list', seed] }, seed }));
    const [name] = distinctNames(values.map((of) => run('table', '', of)));
    assert.equal(name, 'table, seed 1, inputs ["a","long …');
  });
});

describe('The keys that distinguish runs of one name', () => {
  it('are looked for once for all of them: a thousand runs may share a name', () => {
    let readings = 0;
    class Counted extends Map<string, string> {
      override keys(): MapIterator<string> {
        readings++;
        return super.keys();
      }
    }
    const runs = Array.from({ length: 50 }, (_, i) => ({ name: 'same', values: new Counted([['seed', String(i)]]) }));
    const found = distinguishingKeys([...runs, { name: 'other', values: undefined }]);
    assert.deepEqual(found, [...runs.map((_, i) => [['seed', String(i)]]), []]);
    assert.equal(readings, runs.length);
  });
});

describe('The name that the user gave a run', () => {
  it('is read as it was written', () => {
    assert.equal(readDisplayName(writeDisplayName('größer <b>&amp; 学')), 'größer <b>&amp; 学');
  });

  it('is one line without control characters, whatever the file contains', () => {
    assert.equal(readDisplayName(new TextEncoder().encode('a\u202Eb\u001b[31m\nsecond')), 'a b [31m');
    assert.equal(readDisplayName(new Uint8Array([0xff, 0xfe, 0x0a])), '\uFFFD\uFFFD');
    assert.equal(readDisplayName(new Uint8Array(0)), undefined);
    assert.equal(readDisplayName(undefined), undefined);
    assert.ok((readDisplayName(new TextEncoder().encode('x'.repeat(1e6))) ?? '').length <= 200);
  });

  it('keeps the joiners of letters and emoji', () => {
    assert.equal(plainName('می\u200Cخواهم 👩\u200D🔬'), 'می\u200Cخواهم 👩\u200D🔬');
  });
});

describe('A name from a file', () => {
  it('cannot reorder the text around it', () => {
    assert.equal(plainName('\u2067run\u2069 \u202Elaer eht'), 'run   laer eht');
  });
});

describe('The keys that the format gained', () => {
  it('are no difference where they have their defaults: a run of an earlier version does not have them', () => {
    const earlier = {
      data: {
        csv: 'a.csv',
        inputs: ['x'],
        targets: ['y'],
        horizon: 1,
        length: 50,
        normalize: 'standard',
        validation: 0.2,
      },
      model: { cell: 'gru' },
    };
    const outcome = resolveValue(earlier);
    assert.ok(outcome.kind === 'resolved');
    const { data, model } = outcome.experiment;
    const compared = (experiment: object) => keyValues(JSON.parse(JSON.stringify(experiment)));
    const now = withClasses(outcome.experiment, false);
    const cell = { cell: model.cell };
    assert.deepEqual(differingKeys([compared(earlier), compared({ data, model: cell })]), []);
    assert.deepEqual(differingKeys([compared(earlier), compared({ data: now.data, model: cell })]), []);
    const other = { ...data, gaps: 'mask' };
    assert.deepEqual(differingKeys([compared(earlier), compared({ data: other, model: cell })]), ['data.gaps']);
  });
});
