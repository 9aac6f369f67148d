import type { Uri } from 'vscode';
import { commands as registry, window, workspace, type Disposable, type TreeView } from 'vscode';
import { commands } from '../platform/ids';
import { confirm, showErrorMessage, showInformationMessage, showWarningMessage } from '../platform/messages';
import { showInputBox, showQuickPick, showQuickPickMany, type PickItem } from '../platform/quickInput';
import { showFolder } from '../session/files/showFolder';
import { reasonOf } from '../protocol/channel';
import { formatNumber } from '../text/numbers';
import { isResumable, stateLabels } from '../protocol/run';
import { formatKeys, keyValues, distinguishingKeys } from '../run/differences';
import { writeDisplayName } from '../run/displayName';
import { runFiles } from '../run/storage/runFiles';
import {
  damagedRunMessage,
  formatStartTime,
  nameOf,
  readDamagedRun,
  readStoredRun,
  type DamagedRun,
  type StoredRun,
} from '../session/stored/storedRun';
import { Inspector } from '../session/trainers/inspector';
import { savePredictions } from '../session/stored/savePredictions';
import type { StartTrainerWorker } from '../session/trainers/trainerWorker';
import type { RunIndex } from '../session/stored/runIndex';
import type { Launcher } from '../session/live/launcher';
import type { Sessions } from '../session/sessions';
import { editNote, editTags, setHidden } from './annotateRuns';
import { compareExperiments } from './runExperiments';
import type { RunsNode } from './runsTree';
import { locationOf, uriOfLocation } from '../session/files/location';
import { isRunLocked, reasonNotToDeleteRun, runStorage } from '../session/files/hostFiles.node';
import { translate, translateMessage } from '../text/translate';

const noRuns = translate`There are no saved runs in this workspace yet. Start one with "Unroll: Train RNN".`;

/** Maximum number of keys shown in a row. */
const maxKeys = 2;

/** What the commands on stored runs use of the extension. */
export interface RunCommandParts {
  readonly index: RunIndex;
  readonly sessions: Sessions;
  readonly launcher: Launcher;
  readonly tree: TreeView<RunsNode>;
  /** Starts the trainer that replays a run. */
  readonly startWorker: StartTrainerWorker;
  readonly showRun: (folder: Uri, focus?: 'panel') => Promise<void>;
  /** Writes a run as an HTML file. */
  readonly share: (run: StoredRun) => Promise<void>;
  /** Writes the comparison of several runs as an HTML file. */
  readonly shareSeveral: (runs: readonly StoredRun[]) => Promise<void>;
  /** Writes the comparison in the panel in front as an HTML file; false where no comparison is in front. */
  readonly shareShown: () => boolean;
  readonly exportNet: (run: StoredRun) => Promise<void>;
  readonly exportCurves: (run: StoredRun) => Promise<void>;
  readonly compare: (folders: readonly Uri[]) => void;
  /** Shows all runs in a table. */
  readonly showTable: () => void;
}

/** Registers the commands on stored runs: open, resume, compare, rename, reveal, save predictions, delete; and those on all runs of an experiment. */
export function registerRunCommands(parts: RunCommandParts): Disposable[] {
  const { index, showRun } = parts;
  /** The runs that a command acts on: those in its arguments, those selected in the tree, or the one chosen now. */
  const targets = async (first: unknown, second: unknown, title: string): Promise<readonly StoredRun[]> => {
    const given = runsIn(Array.isArray(second) ? second : [first]);
    if (given.length > 0) return given;
    const selected = runsIn(parts.tree.selection);
    return selected.length > 0 ? selected : await choose(index.all(), title, noRuns);
  };
  const onOne =
    (title: string, act: (run: StoredRun) => Promise<unknown>) => async (first?: unknown, second?: unknown) => {
      const [run] = await targets(first, second, title);
      if (run !== undefined) await act(run);
    };
  return [
    registry.registerCommand(commands.openRun, async (first?: unknown, second?: unknown) => {
      const [damaged] = damagedIn([first]);
      if (damaged !== undefined) {
        void showErrorMessage(damagedRunMessage(damaged));
        return;
      }
      const [run] = await targets(first, second, translate`Open Run`);
      // After a click in the tree the focus stays there, so that the arrow keys continue to move between runs.
      const focus = first === undefined ? 'panel' : undefined;
      if (run !== undefined) await showRun(run.folder, focus);
    }),
    registry.registerCommand(commands.resumeRun, async (first?: unknown, second?: unknown) => {
      const folder = typeof first === 'string' ? uriOfLocation(first) : await resumable(parts, first, second);
      if (folder !== undefined) await resume(parts, folder);
    }),
    registry.registerCommand(commands.compareRuns, async (first?: unknown, second?: unknown) => {
      const given = runsIn(Array.isArray(second) ? second : parts.tree.selection);
      const runs = given.length > 1 ? given : await chooseSeveral(index.all(), runsIn([first]));
      if (runs.length > 0) parts.compare(runs.map(({ folder }) => folder));
    }),
    registry.registerCommand(commands.openRunFolder, () => openRunFolder(showRun)),
    registry.registerCommand(commands.compareExperiments, async (first?: unknown, second?: unknown) => {
      const given = runsIn(Array.isArray(second) ? second : parts.tree.selection);
      const [one, other] = given.length === 2 ? given : await chooseSeveral(index.all(), runsIn([first]));
      if (one !== undefined && other !== undefined) await compareExperiments(one, other);
    }),
    registry.registerCommand(commands.openExperiment, async (group?: unknown) => {
      const [run] = runsOfGroup(group);
      if (run !== undefined) await registry.executeCommand('vscode.open', run.experiment);
    }),
    registry.registerCommand(commands.compareAllRuns, (group?: unknown) => {
      const runs = runsOfGroup(group);
      if (runs.length > 1) parts.compare(runs.map(({ folder }) => folder));
      else void showInformationMessage(translate`This experiment has one run; comparing needs at least two.`);
    }),
    registry.registerCommand(commands.deleteAllRuns, async (group?: unknown) => {
      await deleteRuns(runsOfGroup(group).map(deletableRun), parts);
    }),
    registry.registerCommand(
      commands.renameRun,
      onOne(translate`Rename Run`, (run) => rename(run, index)),
    ),
    registry.registerCommand(commands.editTags, async (first?: unknown, second?: unknown) => {
      await editTags(await targets(first, second, translate`Edit Tags`), index);
    }),
    registry.registerCommand(
      commands.editNote,
      onOne(translate`Edit Note`, (run) => editNote(run, index)),
    ),
    ...([true, false] as const).map((isHidden) =>
      registry.registerCommand(
        isHidden ? commands.hideRun : commands.unhideRun,
        async (first?: unknown, second?: unknown) => {
          await setHidden(
            await targets(first, second, isHidden ? translate`Hide Run` : translate`Show Hidden Run`),
            index,
            isHidden,
          );
        },
      ),
    ),
    registry.registerCommand(commands.refreshRuns, () => {
      index.refresh();
    }),
    registry.registerCommand(commands.showRunsTable, () => {
      parts.showTable();
    }),
    registry.registerCommand(commands.revealRun, async (first?: unknown, second?: unknown) => {
      const [damaged] = damagedIn([first]);
      const folder = damaged?.folder ?? (await targets(first, second, translate`Reveal Run`))[0]?.folder;
      if (folder !== undefined) await showFolder(folder);
    }),
    registry.registerCommand(
      commands.savePredictions,
      onOne(translate`Save Predictions as CSV`, (run) => saveLastPredictions(run, parts.startWorker)),
    ),
    registry.registerCommand(commands.shareRun, async (first?: unknown, second?: unknown) => {
      const named = typeof first === 'string' ? await readStoredRun(uriOfLocation(first)) : undefined;
      const run = named ?? (await targets(first, second, translate`Share Run as HTML File`))[0];
      if (run !== undefined) await parts.share(run);
    }),
    registry.registerCommand(commands.shareComparison, async (first?: unknown, second?: unknown) => {
      const given = runsIn(Array.isArray(second) ? second : [first]);
      if (given.length === 0 && parts.shareShown()) return;
      const several = given.length > 1 ? given : runsIn(parts.tree.selection);
      const runs =
        several.length > 1
          ? several
          : runsOfGroup(first).length > 1
            ? runsOfGroup(first)
            : await chooseSeveral(index.all(), given, translate`Share Comparison as HTML File`);
      if (runs.length > 0) await parts.shareSeveral(runs);
    }),
    registry.registerCommand(commands.exportNet, onOne(translate`Export Trained Net`, parts.exportNet)),
    registry.registerCommand(commands.exportCurves, onOne(translate`Export as TensorBoard Log`, parts.exportCurves)),
    registry.registerCommand(commands.deleteRun, async (first?: unknown, second?: unknown) => {
      await deleteRuns(await deletable(parts, first, second), parts);
    }),
  ];
}

function runsIn(nodes: readonly unknown[]): readonly StoredRun[] {
  return nodes.flatMap((node) => {
    const { kind, run } = (node ?? {}) as Partial<Extract<RunsNode, { kind: 'run' }>>;
    return kind === 'run' && run !== undefined ? [run] : [];
  });
}

/** The runs of an experiment's row in the tree. */
function runsOfGroup(node: unknown): readonly StoredRun[] {
  const { kind, runs } = (node ?? {}) as Partial<Extract<RunsNode, { kind: 'group' }>>;
  return kind === 'group' && runs !== undefined ? runsIn(runs) : [];
}

/** Lets the user choose the folder of a run, such as a colleague's, and shows it. */
async function openRunFolder(showRun: RunCommandParts['showRun']): Promise<void> {
  const [folder] =
    (await window.showOpenDialog({
      title: translate`Open Run Folder`,
      openLabel: translate`Open Run`,
      canSelectFiles: false,
      canSelectFolders: true,
      ...(workspace.workspaceFolders?.[0] === undefined ? {} : { defaultUri: workspace.workspaceFolders[0].uri }),
    })) ?? [];
  if (folder === undefined) return;
  if ((await readStoredRun(folder)) !== undefined) {
    await showRun(folder, 'panel');
    return;
  }
  const damaged = await readDamagedRun(folder);
  void showErrorMessage(
    damaged === undefined
      ? translate`There is no run in ${folder.fsPath}. Choose the folder that holds its ${runFiles.manifest}.`
      : damagedRunMessage(damaged),
  );
}

function damagedIn(nodes: readonly unknown[]): readonly DamagedRun[] {
  return nodes.flatMap((node) => {
    const { kind, run } = (node ?? {}) as Partial<Extract<RunsNode, { kind: 'damaged' }>>;
    return kind === 'damaged' && run !== undefined ? [run] : [];
  });
}

/** A folder to delete, and how messages name the run in it. */
interface Deletable {
  readonly folder: Uri;
  readonly name: string;
  /** Formatted; '' where it isn't known. */
  readonly startTime: string;
}

/** The runs to delete, damaged ones included: those in the arguments, those selected in the tree, or the one chosen now. */
async function deletable(
  { index, tree }: RunCommandParts,
  first: unknown,
  second: unknown,
): Promise<readonly Deletable[]> {
  const found = (nodes: readonly unknown[]): readonly Deletable[] => [
    ...runsIn(nodes).map(deletableRun),
    ...damagedIn(nodes).map(deletableDamaged),
  ];
  const given = found(Array.isArray(second) ? second : [first]);
  if (given.length > 0) return given;
  const selected = found(tree.selection);
  if (selected.length > 0) return selected;
  const items = Promise.all([index.all(), index.damaged()]).then(([runs, damaged]) => {
    if (runs.length + damaged.length === 0) void showInformationMessage(noRuns);
    const all = [
      ...itemsFor(runs).map(({ run, ...item }) => ({ ...item, found: deletableRun(run) })),
      ...damaged.map((run) => ({ ...deletableItem(run), found: deletableDamaged(run) })),
    ];
    return all.length === 0 ? undefined : all;
  });
  const options = { title: translate`Delete Run`, placeHolder: translate`Which run?`, matchOnDetail: true };
  const chosen = await showQuickPick<PickItem & { readonly found: Deletable }>(items, options);
  return chosen === undefined ? [] : [chosen.found];
}

function deletableRun(run: StoredRun): Deletable {
  return { folder: run.folder, name: nameOf(run), startTime: formatStartTime(run, 'second') };
}

function deletableDamaged({ folder }: DamagedRun): Deletable {
  return { folder, name: workspace.asRelativePath(folder), startTime: '' };
}

function deletableItem({ folder, reason }: DamagedRun): PickItem {
  return { label: workspace.asRelativePath(folder), description: translate`damaged`, detail: reason };
}

function itemsFor(runs: readonly StoredRun[]) {
  const distinguishing = distinguishingKeys(
    runs.map((run) => ({ name: nameOf(run), values: keyValues(run.manifest.experiment) })),
  );
  return runs.map((run, i) => {
    const { loss } = run.manifest;
    const parts = [
      stateLabels[run.state],
      ...formatKeys(distinguishing[i] ?? []).slice(0, maxKeys),
      ...(loss === null ? [] : [translate`loss ${formatNumber(loss)}`]),
      formatStartTime(run, 'second'),
    ];
    return {
      label: nameOf(run),
      description: parts.filter((part) => part !== '').join(' · '),
      detail: workspace.asRelativePath(run.folder),
      run,
    };
  });
}

/** The item of a run in a quick pick. */
type RunItem = ReturnType<typeof itemsFor>[number];

/**
 * Lets the user choose a run. The list opens before its runs are read: if it opened later, VS Code might meanwhile have
 * given the focus to a page that is still loading, and the list would close when the page takes it.
 */
async function choose(runs: Promise<readonly StoredRun[]>, title: string, none: string): Promise<readonly StoredRun[]> {
  const options = { title, placeHolder: translate`Which run?`, matchOnDetail: true };
  const chosen = await showQuickPick(atLeast(1, runs, none), options);
  return chosen === undefined ? [] : [chosen.run];
}

async function chooseSeveral(
  runs: Promise<readonly StoredRun[]>,
  first: readonly StoredRun[],
  title = translate`Compare Runs`,
): Promise<readonly StoredRun[]> {
  const picked = new Set(first.map(({ folder }) => folder.toString()));
  const items = atLeast(
    2,
    runs,
    translate`Comparing needs at least two runs. Train another one with "Unroll: Train RNN", or all variants of a file with "Unroll: Train All Variants".`,
  ).then((all) => all?.map((item) => ({ ...item, picked: picked.has(item.run.folder.toString()) })));
  const options = { title, placeHolder: translate`Which runs? Two or more`, matchOnDetail: true };
  return (await showQuickPickMany(items, options))?.map(({ run }) => run) ?? [];
}

/** The items to choose from; undefined where there are fewer than `least`, after showing the message `tooFew`. */
async function atLeast(
  minCount: number,
  runs: Promise<readonly StoredRun[]>,
  tooFew: string,
): Promise<readonly RunItem[] | undefined> {
  const all = await runs;
  if (all.length >= minCount) return itemsFor(all);
  void showInformationMessage(tooFew);
  return undefined;
}

async function resumable({ index }: RunCommandParts, first: unknown, second: unknown): Promise<Uri | undefined> {
  const [given] = runsIn(Array.isArray(second) ? second : [first]);
  if (given !== undefined) return given.folder;
  const resumableRuns = index
    .all()
    .then((runs) => runs.filter(({ state, manifest }) => isResumable(state, 'whole', manifest.reason, manifest.facts)));
  const none = translate`No stopped or interrupted run to resume.`;
  const [run] = await choose(resumableRuns, translate`Resume Run`, none);
  return run?.folder;
}

async function resume({ launcher, showRun }: RunCommandParts, folder: Uri): Promise<void> {
  const launch = await launcher.resume(locationOf(folder), () => void showRun(folder));
  if (launch.kind === 'failed') void showErrorMessage(launch.message);
}

/** Saves the predictions of the weights that a run ended with; of a diverged one, of its last finite update. */
async function saveLastPredictions(
  { folder, base, manifest, state }: StoredRun,
  startWorker: StartTrainerWorker,
): Promise<void> {
  const { updates } = manifest;
  const inspector = new Inspector(base, locationOf(folder), startWorker, () => updates);
  try {
    await savePredictions(inspector, state === 'diverged' ? Math.max(0, updates - 1) : updates, base);
  } finally {
    inspector.dispose();
  }
}

async function rename(run: StoredRun, index: RunIndex): Promise<void> {
  const name = await showInputBox({
    title: translate`Rename Run`,
    prompt: translate`A name for this run. Leave empty to restore the default.`,
    value: run.displayName ?? '',
  });
  if (name === undefined) return;
  const storage = runStorage(locationOf(run.folder));
  try {
    if (name.trim() === '') await storage.remove(runFiles.displayName);
    else await storage.write(runFiles.displayName, writeDisplayName(name.trim()));
    index.touched(run.folder);
  } catch (error) {
    void showErrorMessage(translate`The name can't be saved: ${translateMessage(reasonOf(error))}`);
  }
}

/** Maximum number of folders listed in a confirmation. */
const maxListedFolders = 10;

async function deleteRuns(runs: readonly Deletable[], { index, sessions }: RunCommandParts): Promise<void> {
  const [first] = runs;
  if (first === undefined) return;
  const isRefused = async (): Promise<boolean> =>
    (await warnOfTraining(runs, sessions)) || (await warnOfOtherFiles(runs));
  if (await isRefused()) return;
  const { name, startTime } = first;
  const one = translate`the run "${name}"${startTime === '' ? '' : translate`, started ${startTime}`}`;
  const what = runs.length === 1 ? one : translate`${runs.length} runs`;
  const folders = runs.slice(0, maxListedFolders).map(({ folder }) => workspace.asRelativePath(folder));
  const more = runs.length > maxListedFolders ? [translate`and ${runs.length - maxListedFolders} more`] : [];
  const detail = translate`Moves to the trash, with records and checkpoints:\n${[...folders, ...more].join('\n')}`;
  if (!(await confirm(translate`Delete ${what}?`, detail, translate`Move to Trash`))) return;
  // While the confirmation was open, a run may have been resumed elsewhere, or a file added to its folder.
  if (await isRefused()) return;
  for (const { folder } of runs) {
    await moveToTrash(folder);
    index.touched(folder);
  }
}

/** Whether the folder of one of the runs contains other files; then it shows a warning. */
async function warnOfOtherFiles(runs: readonly Deletable[]): Promise<boolean> {
  const home = (workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  for (const { name, folder } of runs) {
    const reason = await reasonNotToDeleteRun(locationOf(folder), home);
    if (reason === undefined) continue;
    void showWarningMessage(
      translate`"${name}" can't be deleted: ${reason} (${folder.fsPath}). Nothing was deleted. Only a folder that contains nothing but a run can be deleted here; delete others in the Explorer.`,
    );
    return true;
  }
  return false;
}

/** Whether one of the runs trains now, here or elsewhere; then it shows a warning. Reads the folder, not the index. */
async function warnOfTraining(runs: readonly Deletable[], sessions: Sessions): Promise<boolean> {
  for (const { name, folder } of runs) {
    const isLive = sessions.withFolder(locationOf(folder))?.isLive === true;
    // The manifest may be damaged, and that of a run that is resumed changes after the lock is taken.
    if (!isLive && !(await isRunLocked(locationOf(folder)))) continue;
    void showWarningMessage(translate`"${name}" is training. Stop it before you delete it.`);
    return true;
  }
  return false;
}

/** Where the file system has no trash, deletes permanently if the user confirms it. */
async function moveToTrash(folder: Uri): Promise<void> {
  try {
    await workspace.fs.delete(folder, { recursive: true, useTrash: true });
  } catch (error) {
    const message = translate`${folder.fsPath} can't be moved to the trash (${translateMessage(reasonOf(error))}).`;
    const isConfirmed = await confirm(
      message,
      translate`It can be deleted permanently instead.`,
      translate`Delete Permanently`,
    );
    if (isConfirmed) await workspace.fs.delete(folder, { recursive: true });
  }
}
