import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Uri } from 'vscode';
import type { StartParams } from '../../src/protocol/trainer';
import { RecordPacker, type RecordBatch } from '../../src/run/records/recordBatch';
import { forkTrainers } from '../../src/session/trainers/trainerProcess.node';
import { LiveSession } from '../../src/session/live/liveSession';
import { Sessions } from '../../src/session/sessions';
import type { StartTrainerWorker, TrainerWorker } from '../../src/session/trainers/trainerWorker';
import { TrainingQueue } from '../../src/session/live/trainingQueue';
import { temporaryFolder } from '../temporaryFolder';
import { exampleLayout, exampleRecord } from '../unit/run/exampleRecords';

/** A process that runs `script` in place of the trainer. */
function trainerOf(script: string, ...nodeOptions: readonly string[]): StartTrainerWorker {
  const file = join(temporaryFolder('unroll-trainer-'), 'trainer.cjs');
  writeFileSync(file, script);
  return forkTrainers(file, nodeOptions);
}

const params = { experiment: { data: { task: 'adding' } } } as StartParams;
const session = (variant?: string): LiveSession => new LiveSession(Uri.parse('file:///nowhere.rnn.json'), variant);

describe('A session whose trainer does not respond during a long update', () => {
  it('kills the trainer at the second stop request', async () => {
    const facts = {
      layout: { parameters: [], layers: 1, steps: 1, hasCellState: false, saturating: [] },
      recordEvery: 1,
      loss: { kind: 'mse' },
    };
    const unresponsive = `process.on('message', ({ id, name }) => {
        if (name === 'start') process.send({ kind: 'result', id, value: { kind: 'started', info: ${JSON.stringify(facts)} } });
      });`;
    const one = session();
    await one.start(trainerOf(unresponsive), params);
    assert.equal(one.status.state, 'running');
    const first = one.stop().catch((error: unknown) => String(error));
    const doubled = one.stop();
    await sleep(1000);
    assert.equal(one.status.state, 'running');
    await one.stop();
    await doubled;
    assert.equal(one.status.state, 'stopped');
    assert.match(one.status.message ?? '', /in the middle of an update/);
    await first;
    one.dispose();
  });
});

describe('A session whose first records arrive together with the reply that its run has started', () => {
  it('receives them, and all later records', async () => {
    const packer = new RecordPacker(exampleLayout);
    const batchOf = (update: number): RecordBatch => {
      packer.add(exampleRecord(update));
      return packer.take() ?? assert.fail('nothing was packed');
    };
    let receive: (message: unknown) => void = () => undefined;
    const records = (update: number): void => {
      receive({ kind: 'event', name: 'records', payload: batchOf(update) });
    };
    // Two messages that arrive in one read of a pipe are both delivered before any promise of the first is settled.
    const trainer: TrainerWorker = {
      processId: undefined,
      port: {
        post: (message) => {
          const { id, name } = message as { readonly id: number; readonly name: string };
          if (name !== 'start') return;
          const facts = {
            layout: exampleLayout,
            recordEvery: 1,
            plannedUpdates: 3,
            folder: null,
            loss: { kind: 'mse' },
          };
          receive({ kind: 'result', id, value: { kind: 'started', info: facts, updates: 0 } });
          records(0);
        },
        listen: (listener) => {
          receive = listener;
          return () => undefined;
        },
      },
      onExit: () => undefined,
      terminate: () => undefined,
      signal: () => undefined,
      saveAndExit: () => undefined,
    };
    const one = session();
    await one.start(() => trainer, params);
    records(1);
    assert.equal(one.status.updates, 2);
    const { scalars } = one.series ?? assert.fail('there is no series');
    assert.deepEqual([...scalars.values('lossSum')], [exampleRecord(0).loss, exampleRecord(1).loss]);
    one.dispose();
  });
});

/** A trainer whose replies the test gives, at the time it wants. */
class AnsweredTrainer implements TrainerWorker {
  readonly processId = undefined;
  /** The requests so far, in their order. */
  readonly requests: { readonly id: number; readonly name: string; readonly params: unknown }[] = [];
  #receive: (message: unknown) => void = () => undefined;

  readonly port = {
    post: (message: unknown): void => {
      this.requests.push(message as (typeof this.requests)[number]);
    },
    listen: (listener: (message: unknown) => void) => {
      this.#receive = listener;
      return () => undefined;
    },
  };

  get last(): string | undefined {
    return this.requests.at(-1)?.name;
  }

  /** Replies to the last request, and waits until the session has taken notice. */
  async answer(value?: unknown): Promise<void> {
    this.#receive({ kind: 'result', id: this.requests.at(-1)?.id, value });
    await sleep(0);
  }

  async answerStart(): Promise<void> {
    const facts = { layout: exampleLayout, recordEvery: 1, plannedUpdates: 3, folder: null, loss: { kind: 'mse' } };
    await this.answer({ kind: 'started', info: facts, updates: 0 });
  }

  emit(name: string, payload: unknown): void {
    this.#receive({ kind: 'event', name, payload });
  }

  onExit(): void {
    // It does not exit.
  }

  terminate(): void {
    // Nothing runs.
  }

  signal(): void {
    // Its requests follow.
  }

  saveAndExit(): void {
    // Nothing is saved.
  }
}

describe('A session that is paused and resumed before its trainer has started', () => {
  it('trains, if it was resumed last', async () => {
    const [one, trainer] = [session(), new AnsweredTrainer()];
    await one.pause();
    const started = one.start(() => trainer, params);
    assert.equal((trainer.requests[0]?.params as StartParams).begin, 'paused');
    await one.resume();
    await trainer.answerStart();
    assert.equal(trainer.last, 'resume');
    await trainer.answer();
    await started;
    assert.equal(one.status.state, 'running');
    assert.equal(one.status.pending, undefined);
    one.dispose();
  });

  it('trains, if a step was asked for in the queue, and then it was paused and resumed', async () => {
    const [one, trainer] = [session(), new AnsweredTrainer()];
    one.wait(1);
    await one.pause();
    await one.step();
    await one.pause();
    await one.resume();
    assert.equal(one.status.state, 'waiting');
    one.prepare();
    const started = one.start(() => trainer, params);
    assert.equal((trainer.requests[0]?.params as StartParams).begin, undefined);
    await trainer.answerStart();
    await started;
    assert.equal(one.status.state, 'running');
    one.dispose();
  });

  it('makes one update, if a step was asked for last', async () => {
    const [one, trainer] = [session(), new AnsweredTrainer()];
    one.wait(1);
    await one.pause();
    await one.step();
    one.prepare();
    const started = one.start(() => trainer, params);
    await trainer.answerStart();
    assert.equal(trainer.last, 'step');
    await trainer.answer();
    await started;
    assert.equal(one.status.state, 'paused');
    one.dispose();
  });
});

describe('A session with a pace, whose run ends while the trainer is told of it', () => {
  it('has started and finished, with its numbers', async () => {
    const [one, trainer] = [session(), new AnsweredTrainer()];
    await one.setPace(10);
    const started = one.start(() => trainer, params);
    await trainer.answerStart();
    assert.equal(trainer.last, 'setPace');
    trainer.emit('ended', { kind: 'finished', reason: 'steps', message: undefined });
    assert.deepEqual(await started, []);
    assert.equal(one.status.state, 'finished');
    assert.notEqual(one.series, undefined);
    one.dispose();
  });
});

describe('A session whose trainer does not start', () => {
  it('fails if the trainer replies with an error', async () => {
    const one = session();
    const answers = `process.on('message', ({ id }) => process.send({ kind: 'failure', id, message: 'No.' }));`;
    await assert.rejects(one.start(trainerOf(answers), params), /No\./);
    assert.equal(one.status.state, 'failed');
    assert.equal(one.status.message, 'No.');
    one.dispose();
  });

  it('fails if the process exits before it replies', async () => {
    const one = session();
    await assert.rejects(one.start(trainerOf('process.exit(3)'), params), /exit code 3/);
    assert.equal(one.status.state, 'failed');
    assert.match(one.status.message ?? '', /exit code 3/);
    one.dispose();
  });
});

describe('A session whose trainer runs out of memory', () => {
  it('reports the estimate and the limit, and unlocks the folder', async () => {
    const facts = {
      layout: { parameters: [], layers: 1, steps: 1, hasCellState: false, saturating: [] },
      recordEvery: 1,
      loss: { kind: 'mse' },
      memoryBytes: 5 * 1024 ** 2,
      folder: '/nowhere',
    };
    const memoryFilling = `process.on('message', ({ id }) => {
         process.send({ kind: 'result', id, value: { kind: 'started', info: ${JSON.stringify(facts)}, updates: 0 } });
         const held = [];
         setInterval(() => { for (let i = 0; i < 1e5; i++) held.push({ i, more: [i] }); }, 1);
       });`;
    const one = session();
    let isReleased = false;
    const lock = {
      addWriter: () => Promise.resolve(),
      release: () => {
        isReleased = true;
        return Promise.resolve();
      },
    };
    const limited = { ...params, memoryLimit: 64 * 1024 ** 2 };
    await one.start(trainerOf(memoryFilling, '--max-old-space-size=16'), limited, { lock, readHistory: undefined });
    await one.released;
    assert.equal(one.status.state, 'failed');
    assert.match(
      one.status.message ?? '',
      /out of memory\. It was estimated to need 5 MiB, and may use 64 MiB\. Resume continues/,
    );
    assert.ok(isReleased);
    one.dispose();
  });
});

describe('Runs that are started and stopped repeatedly', () => {
  it('leave no process, listener or memory', async function () {
    this.timeout(120_000);
    const times = 300;
    const answers = `process.on('message', ({ id, name }) => {
        process.send({ kind: 'result', id, value: { kind: 'refused', problems: [] } });
      });`;
    const sessions = new Sessions();
    const queue = new TrainingQueue(() => 2);
    const processes = new Set<TrainerWorker>();
    const fork = trainerOf(answers);
    const start: StartTrainerWorker = () => {
      const trainer = fork();
      processes.add(trainer);
      trainer.onExit(() => processes.delete(trainer));
      return trainer;
    };
    const once = async (variant: string): Promise<void> => {
      const one = session(variant);
      sessions.put(one);
      assert.ok(await queue.acquire(one));
      await one.start(start, params);
      await one.stop();
      await one.released;
    };
    /** Two runs at a time, the limit of the queue. */
    const again = async (count: number): Promise<void> => {
      const chain = async (variant: string): Promise<void> => {
        for (let n = 0; n < count / 2; n++) await once(variant);
      };
      await Promise.all([chain('one'), chain('other')]);
    };
    await again(50);
    const before = process.memoryUsage();
    const began = performance.now();
    await again(times);
    const seconds = (performance.now() - began) / 1000;
    const grown = (process.memoryUsage().heapUsed - before.heapUsed) / 1024 ** 2;
    if (this.test) this.test.title += ` (${times} times in ${seconds.toFixed(1)} s, heap ${grown.toFixed(1)} MiB more)`;
    assert.equal(processes.size, 0);
    assert.equal(sessions.all.length, 2);
    assert.ok(grown < 40, `${grown} MiB`);
    queue.dispose();
    sessions.dispose();
  });
});

describe('The sessions of several seeds of one experiment', () => {
  it('are there side by side, and found by their seed or together', () => {
    const sessions = new Sessions();
    const uri = Uri.parse('file:///nowhere.rnn.json');
    const [first, second] = [1, 2].map((seed) => new LiveSession(uri, undefined, undefined, seed));
    const other = new LiveSession(uri, 'variant', undefined, 1);
    for (const one of [first, second, other]) sessions.put(one);
    assert.equal(sessions.get({ uri, variant: undefined, seed: 2 }), second);
    assert.equal(sessions.get({ uri, variant: undefined }), undefined);
    assert.deepEqual(sessions.ofTarget({ uri, variant: undefined }), [first, second]);
    assert.deepEqual(sessions.ofTarget({ uri, variant: undefined, seed: 1 }), [first]);
    sessions.dispose();
  });
});
