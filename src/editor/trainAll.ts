import type { Uri } from 'vscode';
import type { ExperimentFile } from '../experiment/experimentFile';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { reasonOf } from '../protocol/channel';
import { readExperiment } from '../session/experimentText';
import type { Launch, Launcher } from '../session/live/launcher';
import type { Sessions, Target } from '../session/sessions';
import { changedKeys } from '../session/changedKeys';
import { showProblems } from './startProblems';
import { translate, translateMessage } from '../text/translate';

/** What training all variants uses of the extension. */
export interface TrainAllParts {
  readonly sessions: Sessions;
  readonly launcher: Launcher;
  /** Opens a comparison of several targets. */
  readonly compare: (targets: readonly Target[]) => void;
}

/**
 * The targets to train: all, or, as the user chooses, only those that are not trained yet or have changed since.
 *
 * @returns undefined where nothing is to be trained
 */
async function chooseTargets(
  { sessions, compare }: TrainAllParts,
  file: ExperimentFile,
  targets: readonly Target[],
): Promise<readonly Target[] | undefined> {
  const rest = targets.filter((target) => {
    const session = sessions.get(target);
    return session?.status.state !== 'finished' || changedKeys(session, file)?.length !== 0;
  });
  const trained = targets.length - rest.length;
  if (trained === 0) return targets;
  const again = translate`Train All Again`;
  if (rest.length === 0) {
    const show = 'Compare';
    const answer = await showInformationMessage(
      translate`All ${trained} are trained, and no key has changed since.`,
      show,
      again,
    );
    if (answer === show) compare(targets);
    return answer === again ? targets : undefined;
  }
  const others = rest.length === 1 ? translate`Train the Other One` : translate`Train the Other ${rest.length}`;
  const message = translate`${trained} of ${targets.length} are trained, and none of their keys has changed since.`;
  const answer = await showInformationMessage(message, others, again);
  return answer === undefined ? undefined : answer === again ? targets : rest;
}

/** Trains an experiment and each of its variants, with each of their seeds. */
export async function trainAll(parts: TrainAllParts, uri: Uri): Promise<void> {
  let file: ExperimentFile;
  try {
    const parsed = await readExperiment(uri);
    if (parsed.kind === 'refused') {
      await showProblems(uri, parsed.problems);
      return;
    }
    file = parsed.file;
  } catch (error) {
    void showErrorMessage(translate`The experiment can't be read: ${translateMessage(reasonOf(error))}`);
    return;
  }
  const all = file.members.map((member) => ({ uri, ...member }));
  const targets = await chooseTargets(parts, file, all);
  if (targets !== undefined) await trainTogether(parts, targets, all);
}

/**
 * Trains several runs of one experiment; those beyond the number that may train at once wait in the queue.
 *
 * @param compared the targets that a comparison shows as soon as the first run has started
 */
export async function trainTogether(
  parts: Pick<TrainAllParts, 'launcher' | 'compare'>,
  targets: readonly Target[],
  compared: readonly Target[],
): Promise<void> {
  const launches: Promise<Launch>[] = [];
  for (const target of targets) {
    // One after the other, so that the queue has the order of the file.
    await new Promise<void>((accepted) => {
      const launch = parts.launcher.launch(target, () => {
        accepted();
      });
      launches.push(launch);
      void launch.then(() => {
        accepted();
      });
    });
    if (launches.length === 1) parts.compare(compared);
  }
  const first = (await Promise.all(launches)).find(({ kind }) => kind === 'refused' || kind === 'failed');
  const [{ uri } = { uri: undefined }] = targets;
  if (first?.kind === 'refused' && uri !== undefined) await showProblems(uri, first.problems);
  if (first?.kind === 'failed') void showErrorMessage(first.message);
}
