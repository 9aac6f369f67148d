import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { readRunSignal, writeRunSignal } from '../../../src/protocol/trainer';
import { Run } from '../../../src/trainer/training/run';
import { RunSignals } from '../../../src/trainer/training/runSignals';
import { Training } from '../../../src/trainer/training/training';
import { exampleTraining } from './exampleTraining';

/** A run that never handles a message: its clock stands still. It receives a signal within update 5. */
function signaledWithin(act: (signals: RunSignals) => void) {
  const signals = new RunSignals();
  const training = new Training(exampleTraining({ training: { steps: 100, batch: 3 } }).setup, () => 0);
  const run = new Run({
    training,
    writer: undefined,
    observer: { records: () => undefined, saveStatus: () => undefined },
    yieldToMessages: () => assert.fail('no message is handled'),
    signals,
    capturing: (update) => {
      if (update === 5) act(signals);
      return false;
    },
  });
  return { run, training };
}

describe('The signals of a run', () => {
  it('pause it before the next update, without a message', async () => {
    const { run, training } = signaledWithin((received) => {
      received.receive({ kind: 'pause', command: 1 });
    });
    const ended = run.train();
    // Until it pauses, or ends, the loop waits for nothing.
    await setImmediate();
    assert.equal(training.updates, 6);
    run.stop();
    assert.deepEqual(await ended, { kind: 'stopped', updates: 6 });
  });

  it('stop it before the next update, without a message', async () => {
    const { run } = signaledWithin((received) => {
      received.receive({ kind: 'stop' });
    });
    assert.deepEqual(await run.train(), { kind: 'stopped', updates: 6 });
  });

  it('have no effect when their request was handled before, and a later one has resumed the run', async () => {
    const { run } = signaledWithin((received) => {
      // The requests to pause and to resume.
      received.noteRequest();
      received.noteRequest();
      received.receive({ kind: 'pause', command: 1 });
    });
    assert.equal((await run.train()).kind, 'finished');
  });

  it('are read from the lines that they are written as, and from no other line', () => {
    for (const signal of [{ kind: 'pause', command: 12 }, { kind: 'stop' }] as const) {
      assert.deepEqual(readRunSignal(writeRunSignal(signal)), signal);
    }
    for (const line of ['', 'stop', 'null', '{}', '{"kind":"pause"}', '{"kind":"pause","command":"1"}']) {
      assert.equal(readRunSignal(line), undefined, line);
    }
  });
});
