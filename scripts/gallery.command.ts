import { writeFileSync } from 'node:fs';
import { galleryFiles, healthyNets, sickNets, type GalleryNet } from '../test/unit/diagnosis/galleryNets';
import { findingsOf } from '../test/unit/diagnosis/trainedFindings';
import { formatPercentage } from '../src/text/numbers';

/**
 * `npm run gallery`: trains the nets of the gallery with three seeds that the tests do not use, and prints how often the
 * diagnosis names the right key first. With `--write FILE` it writes the table as Markdown.
 */
const args = process.argv.slice(2);
const target = args.includes('--write') ? args[args.indexOf('--write') + 1] : undefined;
const seeds = [1, 2, 3];

/** The key that is named first for each seed; undefined where no warning is given. */
function namedKeys({ experiment }: GalleryNet): readonly (string | undefined)[] {
  return seeds.map((seed) => {
    const found = findingsOf(JSON.stringify({ ...experiment, seed }), undefined, galleryFiles);
    return found.find(({ level }) => level !== 'hint')?.keyPath.join('.');
  });
}

interface Row {
  readonly net: GalleryNet;
  readonly named: readonly (string | undefined)[];
}

function rowOf(net: GalleryNet): Row {
  const named = namedKeys(net);
  const isRight = named.every((key) => key === net.key);
  console.log(`${isRight ? 'right ' : 'WRONG '} ${net.name}: ${named.map((key) => key ?? 'silent').join(', ')}`);
  return { net, named };
}

const [sick, healthy] = [sickNets.map(rowOf), healthyNets.map(rowOf)];
const count = (rows: readonly Row[], holds: (key: string | undefined, net: GalleryNet) => boolean): number =>
  rows.reduce((sum, { net, named }) => sum + named.filter((key) => holds(key, net)).length, 0);
const right = count(sick, (key, net) => key === net.key);
const alarms = count(healthy, (key) => key !== undefined);
const warnings = alarms + count(sick, (key) => key !== undefined);
const summary =
  `Recall: of ${sick.length * seeds.length} runs that cannot learn, ${right} (${formatPercentage(right / (sick.length * seeds.length))}) get the right key first. ` +
  `Precision: of ${warnings} first warnings, ${right} (${formatPercentage(right / warnings)}) are right; ` +
  `of ${healthy.length * seeds.length} healthy runs, ${alarms} get a warning.`;
console.log(`\n${summary}`);
if (target !== undefined) {
  const lines = [...sick, ...healthy].map(
    ({ net, named }) =>
      `| ${net.name} | ${net.key === undefined ? 'none' : `\`${net.key}\``} | ${named.filter((key) => key === net.key).length} of ${seeds.length} |`,
  );
  writeFileSync(
    target,
    [
      '# The diagnosis, measured',
      '',
      `\`npm run gallery -- --write ${target}\` trains the nets of \`test/unit/diagnosis/galleryNets.ts\` with ${seeds.length} seeds that the tests do not use. Each sick net has one fault, and its key must be named first; a healthy net must have no warning.`,
      '',
      summary,
      '',
      '| Net | Key | Right |',
      '| --- | --- | --- |',
      ...lines,
      '',
    ].join('\n'),
  );
}
