import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../../src/diagnosis/rules/all';
import { causes } from '../../../src/diagnosis/rules/causes';

const folder = join('docs', 'rules');

/** Codes of findings that no rule of the registry gives: of a divergence, and of the check of a table. */
const otherCodes = ['nonFinite', 'inputScale', 'noHeldOutWindow'];

describe('The pages of the rules', () => {
  const codes = [...new Set([...rules, ...causes].map(({ code }) => code).concat(otherCodes))].sort();
  const page = (code: string): string => readFileSync(join(folder, `${code}.md`), 'utf8');

  it('are one for every code of a finding, and no others', () => {
    const files = readdirSync(folder).filter((name) => name !== 'README.md');
    assert.deepEqual(files.sort(), codes.map((code) => `${code}.md`).sort());
  });

  it('are listed in the README with their first sentences', () => {
    const listed = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const code of codes) {
      const [, summary] = page(code).split('\n\n');
      const row = new RegExp(`^\\| \\[${code}\\]\\(${code}\\.md\\) +\\| (.*?) +\\|$`, 'm').exec(listed);
      assert.equal(row?.[1], summary, code);
    }
  });

  for (const code of codes) {
    it(`say when ${code} is reported, what it means and what to do, with a source`, () => {
      const headings = page(code).match(/^#.*$/gm) ?? [];
      assert.match(headings[0] ?? '', new RegExp(`^# \`${code}\`: .`));
      assert.deepEqual(headings.slice(1), ['## When it is reported', '## What it means', '## What to do', '## Source']);
      assert.ok(!/\n## [^\n]+\n\n(?=##|$)/.test(page(code)), 'a section is empty');
    });
  }
});
