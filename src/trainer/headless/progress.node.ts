import { Presets, SingleBar } from 'cli-progress';
import type { RunInfo } from '../../protocol/run';
import type { RecordBatch } from '../../run/records/recordBatch';
import { formatDuration, formatFixed, formatNumber, formatPercentage } from '../../text/numbers';

/** Shows the progress of a headless run. */
export interface Progress {
  show(batch: RecordBatch): void;
  close(): void;
}

/**
 * One line of JSON per update.
 *
 * @param seed is in every line where the run is one of a group of seeds
 */
export function jsonLines(stdout: NodeJS.WritableStream, seed: number | undefined): Progress {
  return {
    show(batch) {
      for (let n = 0; n < batch.count; n++) {
        const validationLoss = batch.validationLoss[n] ?? NaN;
        const line = {
          ...(seed === undefined ? {} : { seed }),
          step: batch.update[n],
          loss: batch.loss[n],
          gradNorm: batch.gradNorm[n],
          clippedNorm: batch.clippedNorm[n],
          learningRate: batch.learningRate[n],
          ...(Number.isNaN(validationLoss) ? {} : { validationLoss, ...measuredAt(batch, n) }),
        };
        stdout.write(`${JSON.stringify(line)}\n`);
      }
    },
    close() {
      // Every line has been written already.
    },
  };
}

/** What a validation measured besides the loss, by the names of the records' columns without `validation_`. */
function measuredAt({ layout: { metrics: names = [] }, metrics }: RecordBatch, n: number) {
  if (names.length === 0) return {};
  return { validationMetrics: Object.fromEntries(names.map((name, m) => [name, metrics[n * names.length + m]])) };
}

/** The least share of the data from whose time that of the rest is estimated. */
const measuredShare = 0.05;

/**
 * The share of the data that has been read, and the time that the rest will take at the speed so far, on one line that is
 * erased at the end; nothing if stderr is not a terminal.
 *
 * @param clock monotonic, in seconds
 */
export function readingProgress(
  stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  clock: () => number,
): {
  readonly show: (share: number) => void;
  readonly close: () => void;
} {
  const eraseLine = '\r\u001B[K';
  const start = clock();
  return {
    show: (share) => {
      const left =
        share < measuredShare ? '' : `, about ${formatDuration(((clock() - start) * (1 - share)) / share)} left`;
      if (stderr.isTTY) stderr.write(`${eraseLine}Reading the data: ${formatPercentage(share)}${left}`);
    },
    close: () => {
      if (stderr.isTTY) stderr.write(eraseLine);
    },
  };
}

/** A progress bar; shows nothing if stderr is not a terminal. */
export function progressBar(stderr: NodeJS.WriteStream, info: RunInfo): Progress {
  const bar = new SingleBar(
    {
      stream: stderr,
      format: '{bar} {percentage}% | {value}/{total} updates | {rate} updates/s | {eta_formatted} left | loss {loss}',
      formatTime: (seconds) => formatDuration(seconds),
      hideCursor: true,
      noTTYOutput: false,
    },
    Presets.shades_classic,
  );
  let started = false;
  let first = { update: 0, seconds: 0 };
  return {
    show(batch) {
      const last = batch.count - 1;
      const update = (batch.update[last] ?? 0) + 1;
      const seconds = batch.seconds[last] ?? 0;
      if (!started) {
        bar.start(info.plannedUpdates, batch.update[0] ?? 0, { rate: '…', loss: '…' });
        first = { update, seconds };
        started = true;
      }
      const rate = seconds > first.seconds ? formatFixed((update - first.update) / (seconds - first.seconds), 0) : '…';
      bar.update(update, { rate, loss: formatNumber(batch.loss[last] ?? NaN) });
    },
    close() {
      if (started) bar.stop();
    },
  };
}
