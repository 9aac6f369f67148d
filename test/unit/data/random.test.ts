import assert from 'node:assert/strict';
import { randomFrom, randomFromState, type Stream } from '../../../src/data/random';

const draws = (seed: number, stream: Stream, count = 4) => {
  const random = randomFrom(seed, stream);
  return Array.from({ length: count }, () => random.uniform());
};

describe('random numbers', () => {
  it('differ between the streams of a seed and between seeds', () => {
    const all = [
      draws(1, 'init'),
      draws(1, 'training'),
      draws(1, 'validation'),
      draws(2, 'init'),
      draws(4_294_967_295, 'init'),
    ];
    assert.equal(new Set(all.map(([first]) => first)).size, all.length);
    assert.deepEqual(draws(1, 'init'), draws(1, 'init'));
  });

  it('continue from a state', () => {
    const random = randomFrom(7, 'training');
    random.normal();
    const resumed = randomFromState(random.state());
    assert.deepEqual(
      [resumed.uniform(), resumed.normal(), resumed.integer(1, 6)],
      [random.uniform(), random.normal(), random.integer(1, 6)],
    );
  });

  it('are uniform and normal to the fourth moment', () => {
    const random = randomFrom(3, 'init');
    const moments = (next: () => number) => {
      const sums = [0, 0, 0, 0];
      for (let count = 0; count < 200_000; count++) {
        const value = next();
        for (let power = 1; power <= 4; power++) sums[power - 1] += value ** power / 200_000;
      }
      return sums;
    };
    const close = (found: readonly number[], expected: readonly number[], tolerance: number) => {
      for (const [power, moment] of found.entries())
        assert.ok(Math.abs(moment - expected[power]) < tolerance, String(found));
    };
    close(
      moments(() => random.uniform()),
      [1 / 2, 1 / 3, 1 / 4, 1 / 5],
      0.004,
    );
    close(
      moments(() => random.normal()),
      [0, 1, 0, 3],
      0.06,
    );
  });

  it('are uniform integers with both ends included', () => {
    const random = randomFrom(5, 'training');
    const counts = new Map<number, number>();
    for (let count = 0; count < 60_000; count++) {
      const value = random.integer(-1, 4);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    assert.deepEqual(
      [...counts.keys()].sort((a, b) => a - b),
      [-1, 0, 1, 2, 3, 4],
    );
    for (const count of counts.values()) assert.ok(Math.abs(count - 10_000) < 400, String(count));
  });
});
