import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { runCommand } from './closing';
import { installedEmbedded } from './installation';
import { layers, type Layer } from './layers';
import { scratchFolder } from './scratch';
import { interrupted } from './progress';
import { inWords, oneFailure, readReport, report, reportVariable, sum, type Tally } from './tally';

/** Tells a process that it is to run one layer itself instead of starting a process for it. */
const inside = '--inside';

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
    tallies.push(await runApart(layer));
  }
  const total = sum(tallies);
  console.log();
  if (chosen.length > 1) chosen.forEach(({ name }, index) => console.log(`${name}: ${inWords(tallies[index])}`));
  console.log(inWords(total));
  return total.failed > 0 ? 1 : 0;
}

/** A layer in its own process, so that one that hangs, leaks or dies spoils no other. */
async function runApart(layer: Layer): Promise<Tally> {
  const file = join(scratchFolder('report'), `${layer.name}.json`);
  const child = fork(resolve(process.argv[1]), [layer.name, inside], {
    env: { ...process.env, [reportVariable]: file },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  const tally = readReport(file);
  if (tally && (code === 0 || tally.failed > 0)) return tally;
  console.error(`The layer “${layer.name}” ended with exit code ${String(code)} and is counted as failed.`);
  return sum([tally ?? interrupted(file), oneFailure]);
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
