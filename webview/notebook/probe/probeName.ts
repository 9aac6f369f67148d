import type { Inspection } from '../../../src/protocol/inspection';
import type { Probe } from '../../../src/protocol/probe';
import { formatExact, formatNumber } from '../../../src/text/numbers';
import { translate } from '../../../src/text/translate';

/** What a probed sequence is called within a sentence. */
export function probeName(probe: Probe): string {
  switch (probe.kind) {
    case 'heldOut':
      return translate`held-out sequence ${probe.sequence}`;
    case 'text':
      return translate`the typed text`;
    case 'row':
      return translate`the rows from row ${formatExact(probe.line)}`;
    default:
      return probe satisfies never;
  }
}

/** What the inspected sequence is called within a sentence. */
export function sequenceName({ probe, sequence }: Pick<Inspection, 'probe' | 'sequence'>): string {
  return probe === null ? translate`sequence ${sequence}` : probeName(probe);
}

/** What the inspected sequence is called at the beginning of a sentence. */
export function sequenceTitle(inspection: Pick<Inspection, 'probe' | 'sequence' | 'batch'>): string {
  if (inspection.probe === null) return translate`Sequence ${inspection.sequence} of ${inspection.batch}`;
  const name = probeName(inspection.probe);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** What every cell of a probed sequence says first; empty for a sequence of the batch. */
export function probeNote({ probe }: Pick<Inspection, 'probe'>): string {
  return probe === null ? '' : translate`Probed: ${probeName(probe)}, which does not train.`;
}

/** What a probed sequence is, and what its numbers are of; empty for a sequence of the batch. */
export function probeDescription({ probe, update, loss }: Pick<Inspection, 'probe' | 'update' | 'loss'>): string {
  if (probe === null) return '';
  const subject = probeName(probe);
  return translate`These cells walk through ${subject} with the weights before update ${formatExact(update)}, from the zero state and back over all of its steps: L = ${formatNumber(loss)}. It does not train: its gradient is neither truncated nor clipped, and changes no weight.`;
}
