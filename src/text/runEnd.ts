import { formatFindings } from './findingCount';
import { formatDuration, formatNumber } from './numbers';
import { translate } from './translate';

/** How a run ended. */
interface EndedRun {
  /** Name of the file, and of the variant. */
  readonly name: string;
  readonly state: string;
  /** Of training, without pauses. */
  readonly seconds: number;
  readonly loss: number | undefined;
  readonly validationLoss: number | undefined;
  readonly findings: readonly { readonly code: string; readonly level: string }[];
}

/** The message about the end of a run: how long it took, its losses, and what was found, the most important first. */
export function formatRunEnd({ name, state, seconds, loss, validationLoss, findings }: EndedRun): string {
  const numbers = [
    ...(loss === undefined ? [] : [translate`loss ${formatNumber(loss)}`]),
    ...(validationLoss === undefined ? [] : [translate`held-out loss ${formatNumber(validationLoss)}`]),
  ];
  const outcome = numbers.length === 0 ? '' : `: ${numbers.join(', ')}`;
  const [first] = findings.toSorted((one, other) => severity(one) - severity(other));
  const found = first === undefined ? '' : translate` ${formatFindings(findings)}, first ${first.code}.`;
  return translate`${name} ${state} after ${formatDuration(seconds)}${outcome}.${found}`;
}

const levels = ['error', 'warning', 'hint'];

function severity({ level }: { readonly level: string }): number {
  return levels.indexOf(level);
}
