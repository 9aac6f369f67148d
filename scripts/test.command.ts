import { resolve } from 'node:path';
import { runIsolated } from './isolatedRun';
import { runCommand } from './cleanup';
import { installedEmbedded } from './installation';
import { layers, type Layer } from './layers';
import { formatTally, report, sum, type Tally } from './tally';

/** Argument of a process that runs one layer itself instead of starting a process for it. */
const inside = '--inside';

/** Time limit (ms) of a layer: several times that of the longest on two idle cores. */
const limit = 40 * 60_000;

/** `npm test [LAYER...]`: runs all layers or the named ones, each in its own process; the last line is the sum. */
async function testAll(names: readonly string[]): Promise<number> {
  const chosen = names.length > 0 ? names.map(layerNamed) : layers;
  // Installed while layers run that don't need it; if this fails, the layers that need it report why.
  const workbench = chosen.some(({ inWorkbench }) => inWorkbench)
    ? installedEmbedded().catch(() => undefined)
    : undefined;
  const tallies: Tally[] = [];
  for (const layer of chosen) {
    console.log(`\n── ${layer.title} (${layer.name})`);
    if (layer.inWorkbench) await workbench;
    const { name } = layer;
    const what = `The layer “${name}”`;
    tallies.push(await runIsolated({ what, script: resolve(process.argv[1]), args: [name, inside], limit }));
  }
  const total = sum(tallies);
  console.log();
  if (chosen.length > 1) chosen.forEach(({ name }, index) => console.log(`${name}: ${formatTally(tallies[index])}`));
  console.log(formatTally(total));
  return total.failed > 0 ? 1 : 0;
}

async function testOne(name: string): Promise<number> {
  process.setSourceMapsEnabled(true);
  const tally = await layerNamed(name).run();
  report(tally);
  return tally.failed > 0 ? 1 : 0;
}

function layerNamed(name: string): Layer {
  const layer = layers.find((candidate) => candidate.name === name);
  if (layer) return layer;
  throw new Error(`There is no layer “${name}”; there are ${layers.map((known) => known.name).join(', ')}.`);
}

const [first = '', second] = process.argv.slice(2);
await runCommand(() => (second === inside ? testOne(first) : testAll(process.argv.slice(2))));
