import assert from 'node:assert/strict';
import { findings, warnedKeys } from './reportedCase';

// Experiments after public bug reports whose diagnosis misled: the key that is named first is that of the cause.

/** The first key that a whole run names, by case and experiment. */
const causes: readonly (readonly [string, string, string])[] = [
  ['04', 'walk', 'data.inputs'],
  ['04', 'airline', 'data.inputs'],
  ['05', 'stuck', 'clip.norm'],
  ['07', 'lr10', 'optimizer.learningRate'],
  ['07', 'dead', 'data.normalize'],
  ['08', 'lr1e-7', 'optimizer.learningRate'],
  ['08', 'clip-value', 'clip.value'],
  ['16', 'clip-raise-a', 'model.init.gain'],
  ['16', 'gru-vanish', 'model.cell'],
  ['16', 'schedule-dead', 'optimizer.schedule'],
];

describe('The diagnosis of a reported experiment', function () {
  this.timeout(120_000);

  for (const [number, name, key] of causes) {
    it(`names ${key} first: ${name}`, () => {
      const found = findings(number, name);
      assert.equal(warnedKeys(found)[0], key, JSON.stringify(found, undefined, 1));
    });
  }

  for (const activation of ['relu', 'identity']) {
    it(`says nothing about saturation of large values of a ${activation} (keras#2194)`, () => {
      const found = findings('01', 'relu', { model: { activation } });
      assert.deepEqual(warnedKeys(found), ['data.normalize'], JSON.stringify(found));
      assert.deepEqual(
        found.filter(({ message }) => /saturat|dead|no gradient/i.test(message)),
        [],
      );
    });
  }

  it('says that a forecast is no better than repeating the last row (tensorflow#21755)', () => {
    const [found] = findings('04', 'walk');
    assert.match(
      found?.message ?? '',
      /no better than persistence, .* on the held-out rows its loss is 0\.00944 .* of persistence 0\.00779/,
    );
  });

  it('compares a text with the frequencies of its characters (char-rnn-tensorflow#84)', () => {
    const [found] = findings('05', 'text-sgd');
    assert.match(found?.message ?? '', /The run has not learned: .* for the constant answer “character frequencies”/);
  });

  it('says of a run that it is too short where its held-out loss is still falling', () => {
    const [found] = findings('12', 'variants', { training: { validateEvery: 50 } });
    assert.match(found?.message ?? '', /The held-out loss is still falling: .* Train longer\./);
  });

  it('does not call a loss a fall that has not fallen, and names no clip under Adam', () => {
    for (const name of ['stuck-parity', 'adam-clip-1e-4']) {
      const found = findings('16', name);
      assert.match(
        found[0]?.message ?? '',
        /The run has not learned: .* It has not fallen by more than the noise of the batches\./,
      );
      assert.deepEqual(warnedKeys(found), ['optimizer.learningRate']);
    }
  });

  it('never tells a GRU to try a forget bias for itself', () => {
    const [found] = findings('16', 'gru-vanish');
    assert.match(found?.message ?? '', /Try an LSTM with a larger forget bias/);
    for (const remedy of found?.remedies ?? []) {
      const changed = remedy.map(({ keyPath }) => keyPath.join('.'));
      if (changed.includes('model.forgetBias')) assert.ok(changed.includes('model.cell'), changed.join());
    }
  });

  it('keeps to the initialization where the clip holds an exploding gradient, raised or not', () => {
    for (const name of ['clip-raise-a', 'clip-raise-b']) {
      for (const key of warnedKeys(findings('16', name))) assert.doesNotMatch(key, /^clip/);
    }
  });

  it('is silent about a net that has learned with a memory horizon below its lag, or has hardly begun', () => {
    for (const [number, name] of [
      ['16', 'lstm-zero-whh'],
      ['13', 'adding'],
    ] as const) {
      assert.deepEqual(warnedKeys(findings(number, name)), []);
    }
  });
});
