import { writeFileSync } from 'node:fs';
import { criteria, type Criterion } from '../test/acceptance/criteria';
import { missingData, run } from '../test/acceptance/trial';
import { builtKernelSets, defaultKernelSet } from '../src/engine/kernels/open';
import { formatNumber } from '../src/text/numbers';
import { formatTally, type Tally } from './tally';

/**
 * `npm run acceptance`: trains the published experiments and compares their results with the published ones. With
 * `--quick` only the short ones, for CI; with `--write FILE` it writes the table as Markdown.
 */
const args = process.argv.slice(2);
const isQuick = args.includes('--quick');
const target = args.includes('--write') ? args[args.indexOf('--write') + 1] : undefined;
const kernels = builtKernelSets.find((name) => args.includes(name)) ?? defaultKernelSet();

interface Row {
  readonly criterion: Criterion;
  readonly values: readonly number[];
  readonly seconds: number;
}

const rows: Row[] = [];
const skipped: string[] = [];
for (const criterion of criteria.filter(({ quick }) => quick || !isQuick)) {
  const name = `${criterion.reference} ${criterion.file}${criterion.variant === undefined ? '' : ` (${criterion.variant})`}`;
  const missing = missingData(criterion.file);
  if (missing !== undefined) {
    console.log(`skipped  ${name}: there is no ${missing}; name the folder that has it in UNROLL_DATA`);
    skipped.push(name);
    continue;
  }
  const outcomes = criterion.seeds.map((seed) =>
    run({ file: criterion.file, variant: criterion.variant, seed }, kernels),
  );
  const values = outcomes.map(criterion.measure);
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  rows.push({ criterion, values, seconds });
  const verdict = values.every(criterion.passes) ? 'passed ' : 'FAILED ';
  console.log(`${verdict}  ${name}: ${shown(values)}; wanted ${criterion.wanted}; ${seconds.toFixed(0)} s`);
}

if (target !== undefined) writeFileSync(target, table());
const failed = rows.filter(({ criterion, values }) => !values.every(criterion.passes)).length;
const tally: Tally = { passed: rows.length - failed, failed, skipped: skipped.length };
console.log(formatTally(tally));
process.exitCode = failed > 0 ? 1 : 0;

function shown(values: readonly number[]): string {
  return values.map((value) => (value >= 1000 ? value.toLocaleString('en-US') : formatNumber(value))).join(', ');
}

function table(): string {
  const lines = rows.map(({ criterion, values }) => {
    const { reference, file, variant, published, wanted } = criterion;
    const name = `[${file}](experiments/${file})${variant === undefined ? '' : `, ${variant}`}`;
    return `| ${reference} | ${name} | ${published} | ${wanted} | ${shown(values)} | ${values.every(criterion.passes) ? 'yes' : 'no'} |`;
  });
  return [
    '# Published experiments, trained by this engine',
    '',
    `\`npm run acceptance\` trains them again; every experiment is an ordinary file that can be opened and trained. ${kernels} kernels, one value per seed.`,
    '',
    '| # | experiment | published | passes at | here | passes |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}
