import assert from 'node:assert/strict';
import { Heartbeats } from '../../../src/run/storage/heartbeats';

const second = 1000;

/** Looks at a lock now and again: each look is at a time of this machine and finds a heartbeat of the other. */
function looks(all: readonly (readonly [at: number, beat: number])[], ahead: number): readonly boolean[] {
  let at = 0;
  const heartbeats = new Heartbeats(() => at);
  return all.map(([seconds, beat]) => {
    at = seconds * second;
    return heartbeats.isAlive('run.lock', (beat + ahead) * second, at);
  });
}

describe('A lock of another machine', () => {
  it('is believed by its heartbeats, however far the clocks are apart', () => {
    for (const ahead of [-86_400, -61, -5, 0, 5, 61, 86_400]) {
      const [, ...later] = looks(
        [
          [0, 0],
          [12, 10],
          [24, 20],
          [36, 30],
        ],
        ahead,
      );
      assert.deepEqual(later, [true, true, true], `${ahead} s apart`);
    }
  });

  it('is stale a minute after its last heartbeat, however far the clocks are apart', () => {
    for (const ahead of [-86_400, -61, -5, 0, 5, 30, 61, 86_400]) {
      const found = looks(
        [
          [0, 0],
          [12, 10],
          [70, 10],
          [73, 10],
        ],
        ahead,
      );
      assert.deepEqual(found.slice(1), [true, true, false], `${ahead} s apart`);
    }
  });

  it('is guessed by the clock at the first look', () => {
    assert.deepEqual(looks([[100, 41]], 0), [true]);
    assert.deepEqual(looks([[100, 39]], 0), [false]);
    // By a clock that is ahead it would be recent for longer; a minute without a heartbeat is enough.
    const found = looks(
      [
        [0, 0],
        [61, 0],
      ],
      30,
    );
    assert.deepEqual(found, [true, false]);
  });

  it('is looked at anew when this process has held it meanwhile', () => {
    let at = 0;
    const heartbeats = new Heartbeats(() => at);
    assert.equal(heartbeats.isAlive('run.lock', 0, 0), true);
    heartbeats.forget('run.lock');
    at = 120 * second;
    assert.equal(heartbeats.isAlive('run.lock', 10 * second, at), false);
  });
});
