import { writeFileSync } from 'node:fs';
import { criteria, type Criterion } from '../test/acceptance/criteria';
import { claimSeeds, sampleClaims, type SampleClaim } from '../test/acceptance/sampleClaims';
import { missingData, run, type Outcome } from '../test/acceptance/trial';
import { builtKernelSets, defaultKernelSet } from '../src/engine/kernels/open';
import { formatNumber } from '../src/text/numbers';
import { formatTally } from './counts';
import { type Tally } from './tally';

/**
 * `npm run acceptance`: trains the published experiments and compares their results with the published ones, and checks
 * what the notes of the samples say. With `--quick` only the short published ones, for CI; with `--samples` only the
 * samples; with `--write FILE` it writes the tables as Markdown.
 */
const args = process.argv.slice(2);
const isQuick = args.includes('--quick');
const isOnlySamples = args.includes('--samples');
const target = args.includes('--write') ? args[args.indexOf('--write') + 1] : undefined;
const kernels = builtKernelSets.find((name) => args.includes(name)) ?? defaultKernelSet();

interface Row {
  readonly criterion: Criterion;
  readonly values: readonly number[];
  readonly seconds: number;
}

const rows: Row[] = [];
const sampleOutcomes = new Map<string, readonly Outcome[]>();
const skipped: string[] = [];
for (const criterion of isOnlySamples ? [] : criteria.filter(({ quick }) => quick || !isQuick)) {
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

interface ClaimRow {
  readonly claim: SampleClaim;
  readonly values: readonly number[];
  readonly isMet: boolean;
}

const claimRows: readonly ClaimRow[] = isQuick ? [] : sampleClaims.map(checkClaim);

if (target !== undefined) writeFileSync(target, [...table(), ...claimTable()].join('\n'));
const failed =
  rows.filter(({ criterion, values }) => !values.every(criterion.passes)).length +
  claimRows.filter(({ isMet }) => !isMet).length;
const tally: Tally = { passed: rows.length + claimRows.length - failed, failed, skipped: skipped.length };
console.log(formatTally(tally));
process.exitCode = failed > 0 ? 1 : 0;

function shown(values: readonly number[]): string {
  return values.map((value) => (value >= 1000 ? value.toLocaleString('en-US') : formatNumber(value))).join(', ');
}

/** Runs of samples that are trained already: several claims are about the same run. */
function outcomesOf({ file, variant }: SampleClaim): readonly Outcome[] {
  const key = `${file} ${variant ?? ''}`;
  const known = sampleOutcomes.get(key);
  if (known !== undefined) return known;
  const outcomes = claimSeeds.map((seed) => run({ folder: 'media/samples', file, variant, seed }, kernels));
  sampleOutcomes.set(key, outcomes);
  return outcomes;
}

function checkClaim(claim: SampleClaim): ClaimRow {
  const values = outcomesOf(claim).map(claim.measure);
  const passing = values.filter(claim.passes).length;
  const [from, to] = claim.seedsThatPass ?? [values.length, values.length];
  const isMet = passing >= from && passing <= to;
  console.log(
    `${isMet ? 'passed ' : 'FAILED '}  ${nameOf(claim)}: ${claim.claim}: ${shown(values)}; wanted ${wantedOf(claim)}`,
  );
  return { claim, values, isMet };
}

function nameOf({ file, variant }: SampleClaim): string {
  return `${file}${variant === undefined ? '' : ` (${variant})`}`;
}

function wantedOf({ wanted, seedsThatPass }: SampleClaim): string {
  if (seedsThatPass === undefined) return wanted;
  return `${wanted} with ${seedsThatPass.join(' or ')} of ${claimSeeds.length} seeds`;
}

function claimTable(): readonly string[] {
  if (claimRows.length === 0) return [];
  return [
    '## What the samples say',
    '',
    'The claims in the notes of the samples (`media/samples`), one value per seed.',
    '',
    '| sample | claim | holds at | here | holds |',
    '| --- | --- | --- | --- | --- |',
    ...claimRows.map(
      ({ claim, values, isMet }) =>
        `| ${nameOf(claim)} | ${claim.claim} | ${wantedOf(claim)} | ${shown(values)} | ${isMet ? 'yes' : 'no'} |`,
    ),
    '',
  ];
}

function table(): readonly string[] {
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
  ];
}
