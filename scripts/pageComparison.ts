import { connectPage } from '../src/panel/pageChannel';
import { comparisonRequests, type ComparisonHostContract, type ComparisonState } from '../src/protocol/comparison';
import { differingKeys, formatValue, keyValues } from '../src/run/differences';
import { memberName } from '../src/run/displayName';
import { distinctNames } from '../src/run/distinctNames';
import { groupSeed } from '../src/run/runInfo';
import { seedGroups } from '../src/run/seedGroups';
import { RunReader } from '../src/session/stored/runReader';
import { formatTime } from '../src/text/dates';
import { formatCount } from '../src/text/numbers';
import { readFolder, readRun, trainersIn, type RunFolder } from './pageFolder';
import type { ServedPage } from './pageServer';

/**
 * Opens the comparison of the runs in several folders.
 *
 * @param root folder of the repository, with the built trainer
 * @throws with a readable reason where a folder has no run that can be read
 */
export async function openComparison(folders: readonly string[], root: string): Promise<ServedPage> {
  const opened = await Promise.all(folders.map(readFolder));
  const reader = new RunReader(trainersIn(root));
  // The page has no buttons for these.
  const refuse = (): Promise<undefined> => Promise.reject(new Error('This page only compares stored runs.'));
  return {
    kind: 'comparison',
    connect: (webview, log) =>
      connectPage<ComparisonHostContract>('Page', webview, log, comparisonRequests, {
        ready: () => stateOf(opened, reader),
        open: refuse,
        remove: refuse,
        choose: refuse,
      }),
    dispose: () => {
      reader.dispose();
    },
  };
}

async function stateOf(opened: readonly RunFolder[], reader: RunReader): Promise<ComparisonState> {
  const runs = await Promise.all(opened.map((folder) => readRun(folder, reader)));
  const values = opened.map(({ manifest }) => keyValues(manifest.experiment));
  const keys = differingKeys(values);
  const names = distinctNames(
    opened.map(({ manifest: { facts, variant, startedAt } }, i) => ({
      name: memberName(variant, groupSeed(facts)) ?? facts.name,
      startTime: formatTime(new Date(startedAt), 'second'),
      values: values[i],
    })),
  );
  return {
    title: `Unroll: ${formatCount(runs.length, 'run')} compared`,
    subjects: runs.map(({ path }) => ({ uri: path, folder: path })),
    keys,
    runs: runs.map(({ info, status, series }, id) => ({
      id,
      name: names[id] ?? info.name,
      status,
      data: { info, series: series.whole() },
      values: Object.fromEntries(keys.map((key) => [key, formatValue(values[id]?.get(key))])),
      problem: undefined,
    })),
    groups: seedGroups(
      runs.map(({ info }, id) => ({
        id,
        name: info.variant ?? info.name,
        values: values[id],
        seed: info.seed,
        dataDigest: info.dataDigest,
      })),
    ),
  };
}
