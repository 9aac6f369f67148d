import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { streamedFile } from '../../data/files/streamedFile.node';
import { formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';
import type { EventFile } from './eventFiles.node';
import { readEvent, type LogEvent } from './eventMessages';
import { CurveCollector, type TrainingLog } from './logCurves';
import { tfRecords } from './tfRecords';

/** Records that are read before other work gets its turn. */
const recordsPerTurn = 4096;

/** The plugins whose values are curves; '' of a value that names none. */
const plugins: ReadonlySet<string> = new Set(['', 'scalars', 'histograms']);

/**
 * Reads the event files of one run. Where a training was begun again, what it writes replaces what an earlier one wrote
 * from there on: from the step of its session's start, and of each curve from the first step of a later file in the same
 * folder.
 *
 * @param files in the order in which they were written
 * @throws where a file can't be read, or the log is too large
 */
export async function readTensorBoardLog(files: readonly EventFile[]): Promise<TrainingLog> {
  const reader = new LogReader();
  for (const file of files) await reader.read(file);
  return reader.finish();
}

class LogReader {
  readonly #curves = new CurveCollector('The log');
  readonly #norms = new CurveCollector('The log');
  readonly #notices: string[] = [];
  /** The plugin of each tag, by its curve: later values may not name it. */
  readonly #plugins = new Map<string, string>();
  readonly #approximate = new Set<string>();
  readonly #others = new Set<string>();

  async read({ path, part }: EventFile): Promise<void> {
    const { size } = await stat(path);
    const records = tfRecords(streamedFile(path, size).parts(), size);
    // The curves of this file that have replaced what earlier files have of them.
    const begun = new Set<string>();
    let count = 0;
    let next = records.next();
    while (next.done !== true) {
      const event = eventOf(next.value);
      if (event === undefined) {
        this.#notices.push(`${quote(path)} has a record that is no event; what follows it is not read.`);
        return;
      }
      this.#take(event, part, begun);
      count += 1;
      if (count % recordsPerTurn === 0) await setImmediate();
      next = records.next();
    }
    const end = next.value;
    if (end.kind === 'cut' && end.at === 0) throw new Error(`${quote(path)} is no event file of TensorBoard.`);
    if (end.kind === 'cut') {
      this.#notices.push(
        `${quote(path)} ends in the middle of a record, as while it is written: the rest is read later.`,
      );
    }
    if (end.kind === 'whole') return;
    if (end.at === 0) throw new Error(`${quote(path)} is no event file of TensorBoard: its first checksum is wrong.`);
    if (end.kind === 'damaged') {
      this.#notices.push(
        `${quote(path)} is damaged at byte ${formatExact(end.at)}: a checksum is wrong. What follows it is not read.`,
      );
    }
  }

  finish(): TrainingLog {
    const left = [...this.#others].filter((name) => name !== '');
    return {
      curves: this.#curves.finish(),
      norms: this.#norms.finish(),
      notices: [
        ...this.#notices,
        ...this.#curves.notices(),
        ...(this.#approximate.size === 0
          ? []
          : ['Norms of tensors are computed from the buckets of their histograms, and are approximate.']),
        ...(left.length === 0 ? [] : [`Images, texts and others are left out: ${left.length} of them.`]),
      ],
    };
  }

  #take({ wallTime, step, isStart, values }: LogEvent, part: string, begun: Set<string>): void {
    const inPart = (name: string): string => (part === '' ? name : `${part}/${name}`);
    if (isStart) {
      const isMeant = (name: string): boolean => part === '' || name.startsWith(`${part}/`);
      this.#curves.purge(isMeant, step);
      this.#norms.purge(isMeant, step);
    }
    for (const { tag, plugin, content } of values) {
      const name = inPart(tag);
      const known = this.#plugins.get(name) ?? plugin;
      this.#plugins.set(name, known);
      // What this program exports by that name is a curve over time steps, not the values of a tensor.
      const isOverSteps = tag.startsWith('gradient_through_time/');
      if (content.kind === 'other' || isOverSteps || !plugins.has(known)) {
        this.#others.add(name);
        continue;
      }
      const into = content.kind === 'scalar' ? this.#curves : this.#norms;
      if (content.kind === 'norm' && !content.isExact) this.#approximate.add(name);
      if (!begun.has(name)) {
        begun.add(name);
        into.purge((one) => one === name, step);
      }
      into.add(name, step, content.value, wallTime);
    }
  }
}

function eventOf(record: Uint8Array): LogEvent | undefined {
  try {
    return readEvent(record);
  } catch {
    return undefined;
  }
}
