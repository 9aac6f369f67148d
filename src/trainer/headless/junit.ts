import { formatFixed } from '../../text/numbers';
import type { CheckCase, CheckSuite } from './checkReport';

/** How a JUnit report begins; a file that doesn't is no earlier report. */
export const reportStart = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="unroll"';

/**
 * A report in the XML of JUnit, as continuous integration reads it: `testsuites` with a `testsuite` of `testcase`s each,
 * and in a case `failure`, `error` or `skipped`.
 */
export function writeJunit(suites: readonly CheckSuite[]): string {
  const cases = suites.flatMap((suite) => suite.cases);
  const seconds = suites.reduce((sum, suite) => sum + suite.seconds, 0);
  return [
    `${reportStart}${countsOf(cases)} time="${formatFixed(seconds, 3)}">`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines({ name, file, cases, seconds }: CheckSuite): readonly string[] {
  const attributes = `name="${escapeXml(name)}" file="${escapeXml(file)}"${countsOf(cases)} time="${formatFixed(seconds, 3)}"`;
  return [`  <testsuite ${attributes}>`, ...cases.flatMap((one) => caseLines(one, name, file)), '  </testsuite>'];
}

function caseLines({ name, result, message, line }: CheckCase, suite: string, file: string): readonly string[] {
  const place = line === undefined ? '' : ` file="${escapeXml(file)}" line="${line}"`;
  const start = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"${place}>`;
  const text = escapeXml(message);
  switch (result) {
    case 'passed':
      return [start, `      <system-out>${text}</system-out>`, '    </testcase>'];
    case 'skipped':
      return [start, `      <skipped message="${text}"/>`, '    </testcase>'];
    case 'failed':
    case 'error': {
      const element = result === 'failed' ? 'failure' : 'error';
      return [start, `      <${element} message="${text}">${text}</${element}>`, '    </testcase>'];
    }
    default:
      return result satisfies never;
  }
}

function countsOf(cases: readonly CheckCase[]): string {
  const count = (result: CheckCase['result']): number => cases.filter((one) => one.result === result).length;
  return ` tests="${cases.length}" failures="${count('failed')}" errors="${count('error')}" skipped="${count('skipped')}"`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser would turn them into spaces in an attribute.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/**
 * A text for the content or an attribute of an element. Characters that XML 1.0 has none for (section 2.2: most control
 * characters, lone surrogates, U+FFFE and U+FFFF) become U+FFFD.
 */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character);
}
