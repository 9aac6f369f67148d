import type { Finding } from '../../../src/diagnosis/finding';

/** In which direction a finding says that its key should be changed. */
type Direction = 'up' | 'down';

const advice: readonly (readonly [RegExp, Direction])[] = [
  [/\bRaise\b|\bTrain longer\b|\b(?:a )?larger forget bias\b/, 'up'],
  [/\bLower\b|\ba tenth of the learning rate\b|\b[Ss]maller\b|\bStop earlier\b/, 'down'],
];

function directionsOf({ message }: Finding): readonly Direction[] {
  return advice.filter(([words]) => words.test(message)).map(([, direction]) => direction);
}

/** The pairs of findings that advise opposite changes of one key, as text. */
export function contradictionsIn(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap((one, index) =>
    findings
      .slice(index + 1)
      .filter(
        (other) =>
          other.keyPath.join() === one.keyPath.join() &&
          directionsOf(one).some((direction) => directionsOf(other).some((opposite) => opposite !== direction)),
      )
      .map((other) => `${one.keyPath.join('.')}: ${one.code}: ${one.message} — ${other.code}: ${other.message}`),
  );
}
