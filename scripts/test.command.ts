import { resolve } from 'node:path';
import { runApart } from './apart';
import { runCommand } from './closing';
import { installedEmbedded } from './installation';
import { layers, type Layer } from './layers';
import { inWords, report, sum, type Tally } from './tally';

/** Tells a process that it is to run one layer itself instead of starting a process for it. */
const inside = '--inside';

/** How long (ms) a layer may take: several times what the longest does on two cores at rest. */
const limit = 40 * 60_000;

/** `npm test`: all layers, or those that are named, each in a process of its own; the last line is the sum. */
async function testAll(names: readonly string[]): Promise<number> {
  const chosen = names.length > 0 ? names.map(layerNamed) : layers;
  // It comes while the layers run that can do without; where it does not come, those that cannot say why.
  const workbench = chosen.some(({ inWorkbench }) => inWorkbench)
    ? installedEmbedded().catch(() => undefined)
    : undefined;
  const tallies: Tally[] = [];
  for (const layer of chosen) {
    console.log(`\n── ${layer.title} (${layer.name})`);
    if (layer.inWorkbench) await workbench;
    const { name } = layer;
    const what = `The layer “${name}”`;
    tallies.push(await runApart({ what, script: resolve(process.argv[1]), words: [name, inside], limit }));
  }
  const total = sum(tallies);
  console.log();
  if (chosen.length > 1) chosen.forEach(({ name }, index) => console.log(`${name}: ${inWords(tallies[index])}`));
  console.log(inWords(total));
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
