import { connectPage } from '../src/panel/pageChannel';
import { comparisonRequests, type ComparisonHostContract, type ComparisonState } from '../src/protocol/comparison';
import { memberName } from '../src/run/displayName';
import { groupSeed } from '../src/run/runInfo';
import { RunReader } from '../src/session/stored/runReader';
import { comparisonOf } from '../src/share/comparedRuns';
import { formatTime } from '../src/text/dates';
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
        share: refuse,
      }),
    dispose: () => {
      reader.dispose();
    },
  };
}

async function stateOf(opened: readonly RunFolder[], reader: RunReader): Promise<ComparisonState> {
  const runs = await Promise.all(
    opened.map(async (folder) => ({ ...(await readRun(folder, reader)), manifest: folder.manifest })),
  );
  const compared = comparisonOf(
    runs.map(({ info, status, series, manifest }, id) => {
      const { facts, variant, startedAt, experiment, source } = manifest;
      const seed = groupSeed(facts);
      return {
        id,
        name: memberName(variant, seed) ?? facts.name,
        experimentName: facts.name,
        file: source ?? '',
        seed,
        startTime: formatTime(new Date(startedAt), 'second'),
        experiment,
        status,
        data: { info, series: series.whole() },
        problem: undefined,
      };
    }),
  );
  return { ...compared, subjects: runs.map(({ path }) => ({ uri: path, folder: path })) };
}
