import { baselineSummary } from '../../../src/text/baselineComparison';
import { formatNumber } from '../../../src/text/numbers';
import type { RunInfo } from '../../../src/protocol/run';
import { translate } from '../../../src/text/translate';

/** The values in the summary of the loss cell. */
export interface MeasuredLoss {
  /** The loss's name in the course. */
  readonly name: string;
  readonly loss: number;
  /** The data it was measured on, as text. */
  readonly batch: string;
  /** As last measured on held-out data; undefined before the first time, and without held-out data. */
  readonly validationLoss: number | undefined;
  /** The lowest validation loss so far, and the updates it was measured after. */
  readonly lowest: { readonly value: number; readonly when: string } | undefined;
  readonly baselines: RunInfo['baselines'];
}

/** A validation loss above this multiple of its lowest value has risen beyond measurement noise. */
const risen = 1.1;

/** One sentence on the losses, and one that compares them with the baselines. */
export function lossSummary(measured: MeasuredLoss): string {
  const { name, loss, batch, validationLoss, lowest, baselines } = measured;
  const held =
    validationLoss === undefined
      ? ''
      : lowest !== undefined && validationLoss > risen * lowest.value
        ? translate`, ${formatNumber(validationLoss)} held out, where it was lowest (${formatNumber(lowest.value)}) at ${lowest.when}`
        : translate`, ${formatNumber(validationLoss)} held out`;
  const comparison = baselineSummary({ training: loss, validation: validationLoss }, baselines);
  return translate`${name} is ${formatNumber(loss)} on ${batch}${held}.${comparison === undefined ? '' : ` ${comparison}`}`;
}
