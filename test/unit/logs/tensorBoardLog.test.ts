import assert from 'node:assert/strict';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { eventFilesOf, loggedRuns } from '../../../src/trainer/logs/eventFiles.node';
import { readEvent, type SummaryContent } from '../../../src/trainer/logs/eventMessages';
import type { LogCurve, TrainingLog } from '../../../src/trainer/logs/logCurves';
import { maskedChecksum } from '../../../src/trainer/logs/maskedChecksum';
import { readTensorBoardLog } from '../../../src/trainer/logs/tensorBoardLog.node';
import { tfRecords, type RecordsEnd } from '../../../src/trainer/logs/tfRecords';
import { temporaryFolder } from '../../temporaryFolder';
import { python } from '../torch';

const fixtures = resolve('test', 'fixtures', 'tensorboard');

async function logIn(path: string): Promise<TrainingLog> {
  return readTensorBoardLog(await eventFilesOf(path));
}

function pointsOf(curves: readonly LogCurve[], name: string): readonly (readonly [number, number])[] {
  const found = curves.find((curve) => curve.name === name);
  assert.ok(found !== undefined, `no curve ${name} in ${curves.map((curve) => curve.name).join(', ')}`);
  return Array.from(found.steps, (step, n) => [step, found.values[n] ?? NaN] as const);
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function readAll(
  bytes: Uint8Array,
  partBytes = bytes.length,
): { readonly records: readonly Uint8Array[]; readonly end: RecordsEnd } {
  const parts = range(Math.ceil(bytes.length / partBytes)).map((n) =>
    bytes.subarray(n * partBytes, (n + 1) * partBytes),
  );
  const reading = tfRecords(parts, bytes.length);
  const records: Uint8Array[] = [];
  for (;;) {
    const next = reading.next();
    if (next.done === true) return { records, end: next.value };
    records.push(next.value.slice());
  }
}

/** The event of a summary with one value. */
function eventWith(step: number, write: (value: BinaryWriter) => void): Uint8Array {
  const value = new BinaryWriter();
  value.tag(1, WireType.LengthDelimited).string('x');
  write(value);
  const summary = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(value.finish()).finish();
  return new BinaryWriter()
    .tag(2, WireType.Varint)
    .int64(step)
    .tag(5, WireType.LengthDelimited)
    .bytes(summary)
    .finish();
}

/** What is read of a scalar tensor of a type. */
function scalarTensor(
  dtype: number,
  write: (tensor: BinaryWriter) => void,
  shape: readonly number[] = [],
): SummaryContent {
  const tensor = new BinaryWriter().tag(1, WireType.Varint).int32(dtype);
  const dimensions = new BinaryWriter();
  for (const size of shape) {
    const dimension = new BinaryWriter().tag(1, WireType.Varint).int64(size).finish();
    dimensions.tag(2, WireType.LengthDelimited).bytes(dimension);
  }
  tensor.tag(2, WireType.LengthDelimited).bytes(dimensions.finish());
  write(tensor);
  const { values } = readEvent(eventWith(0, (value) => value.tag(8, WireType.LengthDelimited).bytes(tensor.finish())));
  assert.ok(values[0] !== undefined);
  return values[0].content;
}

describe('The files of TensorBoard', () => {
  it('have the checksum of RFC 3720, rotated and offset', () => {
    const unmasked = (masked: number): number => {
      const rotated = (masked - 0xa282ead8) >>> 0;
      return ((rotated >>> 17) | (rotated << 15)) >>> 0;
    };
    assert.equal(unmasked(maskedChecksum(new TextEncoder().encode('123456789'))), 0xe3069283);
    assert.equal(unmasked(maskedChecksum(new Uint8Array(32))), 0x8a9136aa);
  });

  it('are read as tensorboardX writes them, and a training that begins again replaces what it repeats', async () => {
    const { curves, norms, notices } = await logIn(join(fixtures, 'restarted'));
    const loss = (k: number): number => 2 / (1 + k) + (k < 20 ? 0.25 : 0);
    assert.deepEqual(
      pointsOf(curves, 'train/loss'),
      range(40).map((k) => [k, Math.fround(loss(k))]),
    );
    assert.deepEqual(
      pointsOf(curves, 'val/loss'),
      range(8).map((n) => [5 * n + 4, Math.fround(1.5 * loss(5 * n + 4))]),
    );
    // [3, -4] · (1 + k): the sum of squares is in the file.
    assert.deepEqual(
      pointsOf(norms, 'grad/rnn.weight_hh_l0'),
      range(4).map((n) => [10 * n, 5 * (1 + 10 * n)]),
    );
    assert.deepEqual(notices, ['Images, texts and others are left out: 1 of them.']);
    const [first] = curves;
    assert.deepEqual([first?.times[0], first?.times.at(-1)], [1_700_000_000, 1_700_000_039]);
  });

  it('are read as torch.utils.tensorboard writes them, in double precision too', async () => {
    const { curves } = await logIn(join(fixtures, 'torch'));
    assert.deepEqual(
      pointsOf(curves, 'Loss/train'),
      range(10).map((n) => [10 * n, 1 / (1 + 10 * n)]),
    );
    assert.deepEqual(
      pointsOf(curves, 'Loss/val'),
      range(10).map((n) => [10 * n, Math.fround(2 / (1 + 10 * n))]),
    );
  });

  it('are read in the form of TensorFlow 2, with its parts of training and validation', async () => {
    const { curves, norms, notices } = await logIn(join(fixtures, 'keras'));
    for (const [part, factor] of [
      ['train', 1],
      ['validation', 1.5],
    ] as const) {
      assert.deepEqual(
        pointsOf(curves, `${part}/epoch_loss`),
        range(6).map((k) => [k, Math.fround(factor / (1 + k))]),
      );
    }
    // 100 values from -1 to 1 times (1 + k): their norm, to the width of the ten buckets.
    const norm = Math.sqrt(range(100).reduce((sum, n) => sum + (-1 + (2 * n) / 99) ** 2, 0));
    for (const [k, value] of pointsOf(norms, 'train/lstm/kernel_0')) {
      assert.ok(Math.abs(value / (norm * (1 + k)) - 1) < 0.02, `${value} at ${k}`);
    }
    assert.match(notices.join(' '), /approximate/);
  });

  it('are read whatever the parts in which their bytes come', () => {
    const bytes = readFileSync(join(fixtures, 'torch', 'events.out.tfevents.1700000000.fixture'));
    const whole = readAll(bytes);
    assert.deepEqual(whole.end, { kind: 'whole' });
    for (const partBytes of [1, 7, 100]) assert.deepEqual(readAll(bytes, partBytes), whole);
  });

  it('may end in the middle of a record while they are written: the records before it count', async () => {
    const folder = temporaryFolder('tensorboard');
    const bytes = readFileSync(join(fixtures, 'torch', 'events.out.tfevents.1700000000.fixture'));
    const { records } = readAll(bytes);
    for (let length = bytes.length - 1; length > 0; length--) {
      const cut = readAll(bytes.subarray(0, length));
      assert.ok(cut.end.kind === 'cut' || cut.end.kind === 'whole');
      assert.deepEqual(cut.records, records.slice(0, cut.records.length));
    }
    writeFileSync(join(folder, 'events.out.tfevents.1'), bytes.subarray(0, bytes.length - 5));
    const { curves, notices } = await logIn(folder);
    assert.equal(pointsOf(curves, 'lr').length, 9);
    assert.match(notices.join(' '), /ends in the middle of a record/);
  });

  it('are not read beyond a wrong checksum, which is said', async () => {
    const folder = temporaryFolder('tensorboard');
    const bytes = new Uint8Array(readFileSync(join(fixtures, 'torch', 'events.out.tfevents.1700000000.fixture')));
    bytes[800] = (bytes[800] ?? 0) ^ 1;
    writeFileSync(join(folder, 'events.out.tfevents.1'), bytes);
    const { curves, notices } = await logIn(folder);
    assert.ok(pointsOf(curves, 'Loss/train').length < 10);
    assert.match(notices.join(' '), /is damaged at byte \d+: a checksum is wrong/);
    writeFileSync(join(folder, 'events.out.tfevents.1'), 'epoch,loss\n1,2\n3,4\n');
    await assert.rejects(logIn(folder), /no event file of TensorBoard: its first checksum is wrong/);
  });

  it('reserve no more memory than they have bytes, whatever lengths they claim', () => {
    const head = new Uint8Array(12);
    for (const length of [2n ** 63n, 2n ** 40n, 2n ** 31n, 100n]) {
      const view = new DataView(head.buffer);
      view.setBigUint64(0, length, true);
      view.setUint32(8, maskedChecksum(head.subarray(0, 8)), true);
      assert.deepEqual(readAll(head), { records: [], end: { kind: 'cut', at: 0 } });
    }
    // A message that claims more bytes than it has, and groups in groups.
    assert.throws(() => readEvent(new Uint8Array([0x2a, 0xff, 0xff, 0xff, 0xff, 0x0f])));
    assert.throws(() => readEvent(new Uint8Array(1_000_000).fill(0x0b)));
  });

  it('may have a number in any type, packed, alone or as bytes', () => {
    const [floatType, doubleType, int64Type, bfloat16Type, halfType, stringType] = [1, 2, 9, 14, 19, 7];
    const scalar = (value: number): SummaryContent => ({ kind: 'scalar', value });
    const content = (bytes: Uint8Array) => (tensor: BinaryWriter) =>
      tensor.tag(4, WireType.LengthDelimited).bytes(bytes);
    const float = new Uint8Array(Float32Array.of(0.5).buffer);
    const double = new Uint8Array(Float64Array.of(0.1).buffer);
    assert.deepEqual(scalarTensor(floatType, content(float)), scalar(0.5));
    assert.deepEqual(scalarTensor(doubleType, content(double)), scalar(0.1));
    assert.deepEqual(
      scalarTensor(floatType, (tensor) => tensor.tag(5, WireType.LengthDelimited).bytes(float)),
      scalar(0.5),
    );
    assert.deepEqual(
      scalarTensor(floatType, (tensor) => tensor.tag(5, WireType.Bit32).float(0.25)),
      scalar(0.25),
    );
    assert.deepEqual(
      scalarTensor(doubleType, (tensor) => tensor.tag(6, WireType.LengthDelimited).bytes(double), [1]),
      scalar(0.1),
    );
    assert.deepEqual(
      scalarTensor(int64Type, (tensor) => tensor.tag(10, WireType.Varint).int64(-3)),
      scalar(-3),
    );
    // IEEE 754: 1.5 is 0x3e00 in half and 0x3fc0 in bfloat16; the smallest half is 2^-24.
    assert.deepEqual(
      scalarTensor(halfType, (tensor) => tensor.tag(13, WireType.Varint).int32(0x3e00)),
      scalar(1.5),
    );
    assert.deepEqual(scalarTensor(halfType, content(new Uint8Array([1, 0x80]))), scalar(-(2 ** -24)));
    assert.deepEqual(scalarTensor(halfType, content(new Uint8Array([0, 0x7c]))), scalar(Infinity));
    assert.deepEqual(
      scalarTensor(bfloat16Type, (tensor) => tensor.tag(13, WireType.Varint).int32(0x3fc0)),
      scalar(1.5),
    );
    assert.deepEqual(scalarTensor(bfloat16Type, content(new Uint8Array([0xc0, 0x3f]))), scalar(1.5));
    assert.deepEqual(
      scalarTensor(stringType, () => undefined),
      { kind: 'other' },
    );
    assert.deepEqual(scalarTensor(floatType, content(float), [2]), { kind: 'other' });
    assert.deepEqual(scalarTensor(floatType, content(float), [2 ** 50]), { kind: 'other' });
  });

  it('of one run are those of a folder and its parts; several runs are told apart', async () => {
    const folder = temporaryFolder('tensorboard');
    const place = (...path: readonly string[]): void => {
      mkdirSync(join(folder, ...path), { recursive: true });
      cpSync(
        join(fixtures, 'torch', 'events.out.tfevents.1700000000.fixture'),
        join(folder, ...path, 'events.out.tfevents.1'),
      );
    };
    place('logs', 'first', 'train');
    place('logs', 'first', 'validation');
    assert.deepEqual([...(await loggedRuns(join(folder, 'logs'))).keys()], [join(folder, 'logs', 'first')]);
    assert.deepEqual(
      (await eventFilesOf(join(folder, 'logs', 'first'))).map(({ part }) => part),
      ['train', 'validation'],
    );
    place('logs', 'second');
    place('logs', 'second', 'loss_train');
    assert.deepEqual(
      [...(await loggedRuns(join(folder, 'logs'))).keys()].length,
      3,
      'what add_scalars writes is known only beside the file of its run',
    );
    await assert.rejects(eventFilesOf(join(folder, 'logs')), /has the logs of 3 runs: first, .*Import one at a time/);
    assert.equal((await eventFilesOf(join(folder, 'logs', 'second'))).length, 2);
    await assert.rejects(eventFilesOf(temporaryFolder('tensorboard')), /no event file of TensorBoard/);
  });

  it('have the values that TensorBoard reads in real logs', async function () {
    this.timeout(300_000);
    const folder = process.env['UNROLL_TENSORBOARD_FILES'];
    const hasTensorBoard = spawnSync(python, ['-c', 'import tensorboard.backend.event_processing']).status === 0;
    if (folder === undefined || !hasTensorBoard) {
      console.log(
        folder === undefined
          ? '      skipped: UNROLL_TENSORBOARD_FILES names no folder with logs'
          : `      skipped: TensorBoard is not installed for ${python}`,
      );
      this.skip();
    }
    const runs = await loggedRuns(resolve(folder));
    const folders = new Set([...runs.values()].flat().map(({ path }) => dirname(path)));
    assert.ok(folders.size > 0);
    const { status, stdout, stderr } = spawnSync(
      python,
      [resolve('test', 'unit', 'logs', 'tensorboard_values.py'), ...folders],
      { encoding: 'utf8', maxBuffer: 2 ** 30 },
    );
    assert.equal(status, 0, stderr);
    type Points = Readonly<Record<string, readonly (readonly [number, number])[]>>;
    const real = JSON.parse(stdout.replaceAll('NaN', 'null')) as Readonly<
      Record<string, { readonly scalars: Points; readonly squares: Points }>
    >;
    let [curveCount, values, bytes, worst] = [0, 0, 0, 0];
    for (const [run, files] of runs) {
      const { curves, norms } = await readTensorBoardLog(files);
      for (const { path, part } of files) {
        bytes += statSync(path).size;
        const { scalars, squares } = real[dirname(path)] ?? { scalars: {}, squares: {} };
        const inPart = (tag: string): string => (part === '' ? tag : `${part}/${tag}`);
        for (const [tag, points] of Object.entries(scalars)) {
          // Of several values at one step TensorBoard keeps all.
          const last = new Map(points);
          assert.deepEqual(
            pointsOf(curves, inPart(tag)).map(([step, value]) => [step, Number.isNaN(value) ? null : value]),
            [...last].sort(([one], [other]) => one - other),
            `${tag} in ${run}`,
          );
          curveCount += 1;
          values += last.size;
        }
        for (const [tag, points] of Object.entries(squares)) {
          const found = new Map(pointsOf(norms, inPart(tag)));
          for (const [step, square] of new Map(points)) {
            const difference = Math.abs((found.get(step) ?? NaN) - Math.sqrt(square));
            worst = Math.max(worst, difference);
            assert.ok(difference <= 1e-12 * Math.sqrt(square), `${tag} at ${step} in ${run}`);
            values += 1;
          }
          curveCount += 1;
        }
      }
    }
    console.log(`      ${folders.size} folders, ${bytes} bytes: ${curveCount} curves with ${values} values are equal`);
  });
});
