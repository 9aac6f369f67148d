import { formatCount } from './numbers';
import { translate } from './translate';

/** The number of findings and of hints, as text: 1 finding and 2 hints. */
export function formatFindings(findings: readonly { readonly level: string }[]): string {
  const serious = findings.filter(({ level }) => level !== 'hint').length;
  const hints = findings.length - serious;
  const parts = [
    ...(serious === 0 ? [] : [formatCount(serious, 'finding')]),
    ...(hints === 0 ? [] : [formatCount(hints, 'hint')]),
  ];
  return parts.join(translate` and `);
}
