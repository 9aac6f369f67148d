import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/experiment/parse';
import { memberToShow } from '../../../src/panel/panelMembers';

describe('The entries of a panel', () => {
  const members = (keys: string) => {
    const parsed = parseExperiment(`{ "data": { "task": "adding" }, "model": { "cell": "rnn" }${keys} }`);
    return parsed.kind === 'experiment' ? parsed.file.members : assert.fail(JSON.stringify(parsed));
  };
  const seeds = ', "seeds": [2, 1], "variants": { "clipped": { "clip": { "norm": 1 } }, "one": { "seed": 5 } }';

  it('are the experiment and its variants, with each of their seeds', () => {
    assert.deepEqual(members(seeds), [
      { variant: undefined, seed: 2 },
      { variant: undefined, seed: 1 },
      { variant: 'clipped', seed: 2 },
      { variant: 'clipped', seed: 1 },
      { variant: 'one' },
    ]);
    assert.deepEqual(members(''), [{ variant: undefined }]);
  });

  it('open at a run that is known where no seed is requested, else at the first', () => {
    const all = members(seeds);
    const target = { variant: 'clipped' };
    assert.deepEqual(
      memberToShow(target, all, ({ variant, seed }) => variant === 'clipped' && seed === 1),
      { variant: 'clipped', seed: 1 },
    );
    assert.deepEqual(
      memberToShow(target, all, () => false),
      { variant: 'clipped', seed: 2 },
    );
  });

  it('stay at the run that is requested', () => {
    const isKnown = () => true;
    assert.equal(memberToShow({ variant: undefined, seed: 1 }, members(seeds), isKnown), undefined);
    assert.equal(memberToShow({ variant: 'one' }, members(seeds), isKnown), undefined);
    assert.equal(memberToShow({ variant: undefined, seed: 1 }, members(''), isKnown), undefined);
  });
});
