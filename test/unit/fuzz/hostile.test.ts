import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseExperiment } from '../../../src/experiment/parse';
import { Channel } from '../../../src/protocol/channel';
import { RunHistory } from '../../../src/run/series/runHistory';
import { readDisplayName } from '../../../src/run/displayName';
import { differingKeys, keyValues } from '../../../src/run/differences';
import { readManifest } from '../../../src/run/manifest';
import { readOverview, writeOverview } from '../../../src/run/overview';
import { readRateChanges } from '../../../src/run/rateChanges';
import { buffersOf, pack } from '../../../src/run/records/recordBatch';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { RecordEncoder } from '../../../src/run/records/recordEncoder';
import { readTensorFile, TensorFileError, writeTensorFile } from '../../../src/run/storage/safetensors';
import { restoreCheckpoint, writeCheckpoint } from '../../../src/trainer/storage/checkpoint';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';
import { exampleTraining } from '../trainer/exampleTraining';
import {
  claimingFile,
  layoutOf,
  overlappingSeries,
  repeatedNames,
  sharingFile,
  sharingHead,
  unsealed,
  wideFile,
} from './hostileRecords';
import { overlappingTensors } from './hostileTensors';

/** Seconds for each reader; `npm run fuzz` sets more. */
const budget = Number(process.env['UNROLL_FUZZ_SECONDS'] ?? 1);

/** Maximum number of bytes of a piece of a record batch with padded series, in addition to those of the file. */
const mostTaken = 128 * 1024 * 1024;

/** Milliseconds for a few kilobytes after which a reader counts as hung. */
const patience = 5000;

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const samples = ['long-lag', 'sunspots', 'truncated', 'three-steps'].map((name) =>
  readFileSync(`media/samples/${name}.rnn.json`),
);
const encoder = new RecordEncoder(exampleLayout);
const batch = pack(
  exampleLayout,
  Array.from({ length: 6 }, (_, update) => exampleRecord(update, 2)),
);
const history = new RunHistory(exampleLayout, 2);
history.append(batch);
const tensorFile = writeTensorFile({
  tensors: new Map([['w', { dtype: 'F32', shape: [2, 3], data: new Float32Array(6) }]]),
  metadata: { format: 'x' },
});
const overview = writeOverview(
  { recordBytes: 10, numbers: history.numbers, tables: history.series.whole() },
  exampleLayout,
);
const training = exampleTraining({ data: { task: 'echo', length: 12 }, bptt: { forward: 4, backward: 7 } });
for (let n = 0; n < 3; n++) training.advance();
const manifest = text(
  JSON.stringify({
    format: 'unroll-run',
    version: 1,
    experiment: { model: { cell: 'rnn' } },
    variant: null,
    facts: {},
  }),
);
const nasty = [
  text('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  text('['.repeat(20_000)),
  text('{"a":'.repeat(20_000)),
  text('9'.repeat(20_000)),
  text('"\\ud800\u0000\u202e'),
];

/** A number below a random power of two, so that small and large numbers are equally frequent. */
const upTo = (power: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: power }).map((bits) => 2 ** bits);
const tensorProducts = fc
  .tuple(upTo(10), upTo(16))
  .map(([count, length]) => overlappingTensors(count, 8 * length, {}, (n) => `scalars/${n}`));
const recordProducts = fc.oneof(
  fc
    .tuple(upTo(22), upTo(30), upTo(10), fc.boolean())
    .map(([layers, steps, gates, hasCellState]) =>
      claimingFile(layoutOf(['w'], { layers, steps, hasCellState, saturating: Array.from({ length: gates }, String) })),
    ),
  fc.tuple(upTo(8), upTo(10)).map(([count, updates]) => repeatedNames(count + 1, updates)),
  fc
    .tuple(upTo(8), upTo(10))
    .map(([count, updates]) => sharingFile(layoutOf(Array.from({ length: count }, String)), updates)),
  fc.tuple(upTo(8), upTo(10)).map(([updates, steps]) => overlappingSeries(updates, steps)),
  fc.tuple(upTo(10), upTo(16)).map(([entries, length]) => sharingHead(entries, length)),
  fc.tuple(upTo(17), upTo(2)).map(([steps, batches]) => wideFile({ ...exampleLayout, steps: 4 * steps }, batches)),
);

/** The allowed results of each reader: it returns, or throws the error that it documents. */
const readers: Readonly<
  Record<
    string,
    {
      readonly seeds: readonly Uint8Array[];
      /** Files with multiplied lengths. */
      readonly made?: fc.Arbitrary<Uint8Array>;
      readonly read: (bytes: Uint8Array) => void;
    }
  >
> = {
  'an experiment file': {
    seeds: samples,
    read: (bytes) => {
      const parsed = parseExperiment(new TextDecoder().decode(bytes));
      if (parsed.kind === 'experiment') parsed.file.resolve();
      else assert.ok(parsed.problems.length > 0);
    },
  },
  'a record file': {
    seeds: [
      Buffer.concat([encoder.head(), encoder.encode(batch)]),
      sharingFile(exampleLayout, 9),
      repeatedNames(9, 2),
      claimingFile({ ...exampleLayout, layers: 1 << 22 }),
      sharingHead(9, 64),
      overlappingSeries(9, 4),
    ],
    made: recordProducts,
    read: (bytes) => {
      const read = readRecords(bytes);
      for (const one of read.batches) {
        assert.equal(one.loss.length, one.count);
        const taken = buffersOf(one).reduce((sum, { byteLength }) => sum + byteLength, 0);
        assert.ok(taken <= mostTaken + 16 * bytes.length, `${taken} bytes of ${bytes.length}`);
      }
    },
  },
  'a safetensors file': {
    seeds: [tensorFile, overlappingTensors(3, 16), overlappingTensors(1, 16)],
    made: tensorProducts,
    read: (bytes) => {
      try {
        for (const { data, shape } of readTensorFile(bytes).tensors.values()) {
          assert.equal(
            data.length,
            shape.reduce((product, size) => product * size, 1),
          );
        }
      } catch (error) {
        if (!(error instanceof TensorFileError)) throw error;
      }
    },
  },
  'an overview': {
    seeds: [overview],
    read: (bytes) => {
      const read = readOverview(bytes, exampleLayout);
      if (read !== undefined) {
        const into = new RunHistory(exampleLayout, 2, read.numbers);
        if (into.series.fits(read.tables)) into.series.write(read.tables);
      }
    },
  },
  'a checkpoint': {
    seeds: [writeCheckpoint(training, 99)],
    read: (bytes) => {
      try {
        restoreCheckpoint(training, bytes, training.updates);
      } catch (error) {
        // A learner that has rejected a checkpoint is still usable: it continues from the next checkpoint.
        assert.ok(error instanceof Error && !(error instanceof TypeError), String(error));
      }
      assert.equal(training.updates, 3);
    },
  },
  'a manifest, its keys, and the small files of a run': {
    seeds: [manifest, text('{"update":3,"learningRate":0.1}\n')],
    read: (bytes) => {
      const read = readManifest(bytes);
      differingKeys([keyValues(read?.experiment)]);
      readRateChanges(bytes);
      readDisplayName(bytes);
    },
  },
};

/** A seed with some bytes changed, removed, duplicated or inserted. */
const mutated = (seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      // With a checksum nearly every change would be rejected before anything else is read.
      fc.constantFrom(...seeds, ...seeds.map(unsealed)),
      fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          cut: fc.integer({ min: 0, max: 16 }),
          put: fc.oneof(
            fc.uint8Array({ maxLength: 9 }),
            fc.constantFrom(...['}', '[', '"', '-1e999', '\u0000'].map(text)),
          ),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    )
    .map(([seed, edits]) =>
      edits.reduce<Uint8Array>((bytes, { at, cut, put }) => {
        const from = Math.floor(at * bytes.length);
        return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
      }, seed),
    );

describe('Hostile bytes', function () {
  this.timeout(budget * 1000 + 60_000);

  for (const [name, { seeds, made, read }] of Object.entries(readers)) {
    it(`in place of ${name} are read or rejected`, function () {
      let tried = 0;
      const began = performance.now();
      const attempt = (bytes: Uint8Array): void => {
        const before = performance.now();
        read(bytes);
        tried++;
        assert.ok(performance.now() - before < patience, 'hung');
      };
      for (const bytes of [...nasty, new Uint8Array(0), new Uint8Array(4096).fill(0xff)]) attempt(bytes);
      fc.assert(
        fc.property(
          fc.oneof(
            { weight: 9, arbitrary: mutated(seeds) },
            ...(made === undefined ? [] : [{ weight: 3, arbitrary: made }]),
            { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
          ),
          attempt,
        ),
        {
          numRuns: 10_000_000,
          interruptAfterTimeLimit: budget * 1000,
          markInterruptAsFailure: false,
        },
      );
      assert.equal(({} as { polluted?: unknown }).polluted, undefined);
      if (this.test)
        this.test.title += ` (${tried.toLocaleString('en-US')} inputs, ${((performance.now() - began) / 1000).toFixed(1)} s)`;
    });
  }

  it('in place of a message are answered or ignored, and no request hangs', async function () {
    let tried = 0;
    const began = performance.now();
    while (performance.now() - began < budget * 1000) {
      let receive: (message: unknown) => void = () => undefined;
      const sent: unknown[] = [];
      const port = {
        post: (message: unknown) => {
          sent.push(message);
        },
        listen: (listener: (message: unknown) => void) => {
          receive = listener;
          return () => undefined;
        },
      };
      const channel = new Channel<
        { requests: { add: { params: number; result: number } }; events: Record<never, never> },
        never
      >(
        port,
        { add: (value) => value + 1 },
        { validators: { add: (value) => (typeof value === 'number' ? value : assert.fail('no number')) } },
      );
      const envelope = fc.record(
        {
          kind: fc.oneof(fc.constantFrom('request', 'result', 'failure', 'event'), fc.anything()),
          id: fc.anything(),
          name: fc.oneof(fc.constantFrom('add', '__proto__', 'constructor', 'toString'), fc.anything()),
          params: fc.anything(),
        },
        { requiredKeys: [] },
      );
      for (const message of fc.sample(fc.oneof(envelope, fc.anything()), 200)) {
        receive(message);
        tried++;
      }
      receive({ kind: 'request', id: 7, name: 'add', params: 1 });
      await new Promise((done) => {
        setImmediate(done);
      });
      assert.deepEqual(sent.at(-1), { kind: 'result', id: 7, value: 2 });
      channel.close('over');
    }
    if (this.test) this.test.title += ` (${tried.toLocaleString('en-US')} messages)`;
  });
});
