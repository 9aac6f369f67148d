import type { Finding } from '../../diagnosis/finding';
import type { RunInfo } from '../../protocol/run';
import type { Ending } from '../../protocol/trainer';
import type { RecordBatch } from '../../run/records/recordBatch';
import { baselineSummary } from '../../text/baselineComparison';
import { formatCount, formatNumber } from '../../text/numbers';
import { formatMetrics } from '../../run/series/formatMetric';
import { singleLine } from '../../text/plainText';

/** Writes one message as a line for the terminal. */
export type Print = (message: string) => void;

/** Prints messages to a stream: each is one line, whatever text from a file it has. */
export function printerTo(stream: NodeJS.WritableStream): Print {
  return (message) => {
    stream.write(`${singleLine(message)}\n`);
  };
}

/** How a headless run ended; `unmet`: it has finished, or its gradients were checked, and not everything is as expected. */
export type HeadlessEnd = 'finished' | 'unmet' | 'refused' | 'diverged' | 'failed' | 'interrupted';

/** The last recorded losses; NaN without any. */
export interface LastLosses {
  readonly training: number;
  readonly validation: number;
  /** What else that validation measured, in the order of the records' layout; none without a validation. */
  readonly metrics: readonly number[];
}

/** Before the first record. */
export const noLosses: LastLosses = { training: NaN, validation: NaN, metrics: [] };

/** The last losses after the records of more updates. */
export function lastLosses(
  { count, loss, validationLoss, metrics, layout }: RecordBatch,
  before: LastLosses,
): LastLosses {
  const at = validationLoss.subarray(0, count).findLastIndex((value) => !Number.isNaN(value));
  const width = layout.metrics?.length ?? 0;
  return {
    training: loss[count - 1] ?? before.training,
    validation: validationLoss[at] ?? before.validation,
    metrics: at < 0 ? before.metrics : [...metrics.subarray(at * width, (at + 1) * width)],
  };
}

/** What the last messages of a saved run tell. */
export interface RunSummary {
  readonly ending: Ending;
  readonly losses: LastLosses;
  readonly info: RunInfo;
  /** Whether a signal ended it. */
  readonly interrupted: boolean;
  /** The path of its records, for people. */
  readonly records: string;
  /** The options with which it is resumed. */
  readonly resumingOptions: string;
}

/** Prints how a saved run ended. */
export function printConclusion(summary: RunSummary, print: Print): HeadlessEnd {
  const { ending, records } = summary;
  switch (ending.kind) {
    case 'finished':
      // The records are named last, where a person looks for them.
      printComparison(summary, print);
      print(
        ending.message !== undefined
          ? `Finished after ${formatCount(ending.updates, 'update')}${formatLosses(summary)}. ${ending.message} Records: ${records}`
          : `Finished: ${formatCount(ending.updates, 'update')}${formatLosses(summary)}. Records: ${records}`,
      );
      return 'finished';
    case 'stopped':
      print(
        `Interrupted after ${formatCount(ending.updates, 'update')}; a checkpoint was saved. Resume with ${summary.resumingOptions}.`,
      );
      return summary.interrupted ? 'interrupted' : 'failed';
    case 'diverged':
      print(ending.message);
      return 'diverged';
    case 'failed':
      print(ending.message);
      return 'failed';
    default:
      return ending satisfies never;
  }
}

/** Prints how a run ended whose folder is incomplete: it counts as failed, whatever the result of the training. */
export function printUnsavedConclusion(ending: Ending, print: Print): HeadlessEnd {
  if (ending.kind !== 'finished' && 'message' in ending) print(ending.message);
  print(
    `${ending.kind === 'finished' ? 'Finished' : 'Ended'} after ${formatCount(ending.updates, 'update')}, but not everything was saved.`,
  );
  return ending.kind === 'diverged' ? 'diverged' : 'failed';
}

/** Prints the findings, except those about the data, which were printed at the start, and a divergence, printed as the run's end. */
export function printFindings(
  findings: readonly Finding[],
  { dataFindings }: RunInfo,
  ending: Ending,
  print: Print,
): void {
  const dataMessages = dataFindings.map(({ message }) => message);
  const said = new Set(ending.kind === 'diverged' ? [...dataMessages, ending.message] : dataMessages);
  for (const { level, keyPath, update, message } of findings) {
    if (!said.has(message)) print(`${level} at ${keyPath.join('.')}, update ${update}: ${message}`);
  }
}

/** Prints the requested captures that are missing because the run was resumed after them or ended before them. */
export function printUncaptured(captures: ReadonlySet<number>, first: number, end: number, print: Print): void {
  const missed = [...captures].filter((update) => update < first || update >= end);
  if (missed.length === 0) return;
  print(
    `Not captured: ${missed.join(', ')}. ${end > first ? `Updates ${first} to ${end - 1} were computed now` : 'No update was computed'}.`,
  );
}

/** Prints how the loss compares with the baselines. */
function printComparison({ losses, info }: RunSummary, print: Print): void {
  const { training, validation } = losses;
  const compared = { training, validation: Number.isNaN(validation) ? undefined : validation };
  const summary = baselineSummary(compared, info.baselines);
  if (summary !== undefined) print(summary);
}

function formatLosses({ losses: { training, validation, metrics }, info }: RunSummary): string {
  const named = { loss: training, 'validation loss': validation };
  const losses = Object.entries(named).map(([name, value]) =>
    Number.isNaN(value) ? '' : `, ${name} ${formatNumber(value)}`,
  );
  const measured = formatMetrics(info.layout.metrics ?? [], metrics);
  return `${losses.join('')}${measured === '' ? '' : `, ${measured}`}`;
}
