import type { Batch } from '../../data/batch';
import type { Source } from '../../data/source';
import { windowsOf } from '../../engine/recurrence/truncation';
import { sequenceOf, type Window } from '../../engine/recurrence/window';
import { maxProbedSteps, type Probe, type ProbeKinds } from '../../protocol/probe';
import { formatCount, formatExact } from '../../text/numbers';
import { truncate } from '../../text/quoting';
import { indicesOfSymbols, symbolSeparator } from '../../text/symbols';
import type { TrainingSetup } from '../training/trainingSetup';

/** A held-out sequence, copied out of its batch when it is needed. */
interface HeldOutSequence {
  /** In the order of the data, from 0. */
  readonly sequence: number;
  readonly label: string;
  readonly window: () => Window;
}

/**
 * The sequence of a probe as a window of its own, from the zero state.
 *
 * @throws RangeError with a message for people where the data have no such sequence, and where it is too long
 */
export function probedWindow(setup: Pick<TrainingSetup, 'source'>, probe: Probe): Window {
  const window = windowOf(setup.source, probe);
  const most = mostProbedSteps(setup.source);
  if (window.steps > most) {
    throw new RangeError(
      `This sequence has ${formatCount(window.steps, 'step')}; at most ${formatExact(most)} can be walked through.`,
    );
  }
  if (!window.mask.includes(1)) {
    throw new RangeError(
      `No step of this sequence has a target, so it has no loss.${probe.kind === 'text' ? ` ${setup.source.typed?.rule ?? ''}` : ''}`,
    );
  }
  return window;
}

/** What the data of a run have besides their batches. */
export function probeKindsOf(source: Source): ProbeKinds {
  const known = kindsBySource.get(source);
  if (known !== undefined) return known;
  const [heldOut] = source.validation();
  const { rowWindows, typed } = source;
  const kinds: ProbeKinds = {
    heldOut: heldOut !== undefined,
    typedRule: typed?.rule ?? null,
    rows: rowWindows === undefined ? null : { first: rowWindows.first, last: rowWindows.last },
  };
  kindsBySource.set(source, kinds);
  return kinds;
}

/** Drawing the first held-out batch is work, and its result is the same every time. */
const kindsBySource = new WeakMap<Source, ProbeKinds>();

/** The most steps of a probed sequence: what can be shown of a batch can be shown of a probe. */
export function mostProbedSteps({ steps }: Pick<Source, 'steps'>): number {
  return Math.max(maxProbedSteps, steps);
}

function windowOf(source: Source, probe: Probe): Window {
  switch (probe.kind) {
    case 'heldOut':
      return heldOutWindow(source, probe.sequence);
    case 'text': {
      if (source.typed === undefined) {
        throw new RangeError("The targets of these data don't follow from their inputs, so no sequence can be typed.");
      }
      const symbols = indicesOfSymbols(probe.text, source.inputNames, 'text');
      if (symbols.length > mostProbedSteps(source)) {
        throw new RangeError(
          `The text has ${formatCount(symbols.length, 'symbol')}; at most ${formatExact(mostProbedSteps(source))} can be walked through.`,
        );
      }
      return source.typed.batchOf(symbols);
    }
    case 'row':
      if (source.rowWindows === undefined) throw new RangeError('These data have no rows of a table.');
      return source.rowWindows.batchAt(probe.line);
    default:
      return probe satisfies never;
  }
}

function heldOutWindow(source: Source, sequence: number): Window {
  let count = 0;
  for (const heldOut of heldOutSequences(source)) {
    if (heldOut.sequence === sequence) return heldOut.window();
    count++;
  }
  throw new RangeError(
    count === 0
      ? 'These data hold no sequence out.'
      : `Held-out sequence ${formatExact(sequence)} doesn't exist; there are sequences 0 to ${formatExact(count - 1)}.`,
  );
}

/**
 * The held-out sequences, one by one in the order of the data; a window of a longer text counts as a sequence. Each starts
 * from the zero state.
 */
export function* heldOutSequences(source: Source): Generator<HeldOutSequence> {
  let sequence = 0;
  for (const { batch, label } of labelledBatches(source)) {
    for (let row = 0; row < batch.batch; row++) {
      const end = Math.max(1, Math.min(batch.steps, batch.ends?.[row] ?? batch.steps));
      yield { sequence, label: label(row, end), window: () => cut(sequenceOf(batch, row), end) };
      sequence++;
    }
  }
}

interface LabelledBatch {
  readonly batch: Batch;
  readonly label: (row: number, end: number) => string;
}

function* labelledBatches(source: Source): Generator<LabelledBatch> {
  const { rowWindows, inputNames } = source;
  const part = source.heldOut?.();
  if (part === undefined || rowWindows === undefined) {
    for (const batch of source.validation()) {
      yield { batch, label: (row, end) => symbolsLabel(batch, row, end, inputNames) };
    }
    return;
  }
  for (const { batch, places } of part.batches()) {
    const label = (row: number): string => {
      const predicted = Array.from({ length: batch.steps }, (_, t) => places[t * batch.batch + row] ?? -1);
      const lines = predicted
        .filter((place) => place >= 0)
        .map((place) => rowWindows.lineOf(part.fileRows[place] ?? 0));
      const [first = 0, last = first] = [lines[0], lines.at(-1)];
      return first === last
        ? `predicts row ${formatExact(first)}`
        : `predicts rows ${formatExact(first)} to ${formatExact(last)}`;
    };
    yield { batch, label };
  }
}

/** The beginning of the symbols; the number of steps where inputs are numbers. */
function symbolsLabel({ inputs, batch }: Batch, row: number, end: number, names: readonly string[]): string {
  if (inputs.kind === 'dense') return formatCount(end, 'step');
  const shown = Array.from({ length: Math.min(end, 61) }, (_, t) => names[inputs.indices[t * batch + row] ?? -1] ?? '');
  return truncate(shown.join(symbolSeparator(names)));
}

function cut(window: Window, end: number): Window {
  if (end === window.steps) return window;
  const [first = window] = windowsOf(window, end);
  return first;
}
