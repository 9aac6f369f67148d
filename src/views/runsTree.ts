import {
  commands as registry,
  EventEmitter,
  ThemeColor,
  ThemeIcon,
  TreeItemCollapsibleState,
  workspace,
  type Disposable,
  type Event,
  type TreeDataProvider,
  type TreeItem,
} from 'vscode';
import { DisposableStore } from '../platform/disposable';
import { Throttler } from '../platform/throttler';
import { commands, contextKeys } from '../platform/ids';
import { treeItem } from '../platform/labels';
import { formatDuration, formatDone, formatNumber, formatCount, formatExact } from '../text/numbers';
import { isResumable, stateLabels, type RunState } from '../protocol/run';
import { folderOf } from '../session/experimentText';
import type { Manifest } from '../run/manifest';
import { formatGitState } from '../run/gitState';
import {
  formatValue,
  differingKeys,
  formatKeys,
  keyValues,
  distinguishingKeys,
  type KeyValue,
  type KeyValues,
} from '../run/differences';
import {
  damagedRunMessage,
  formatStartTime,
  shortNameOf,
  nameOf,
  type DamagedRun,
  type StoredRun,
} from '../session/stored/storedRun';
import type { RunIndex } from '../session/stored/runIndex';
import type { Session } from '../session/session';
import type { Sessions } from '../session/sessions';
import { locationOf } from '../session/files/location';
import { translate } from '../text/translate';

/** The runs of one experiment. */
export interface RunGroup {
  readonly kind: 'group';
  readonly name: string;
  /** Whether the experiment's file no longer exists. */
  readonly isFileMissing: boolean;
  readonly runs: readonly RunRow[];
  /** How many more there are that a person has hidden. */
  readonly hidden: number;
}

/** One run, with the keys in which it differs from the others of its group. */
export interface RunRow {
  readonly kind: 'run';
  readonly run: StoredRun;
  /** Keys whose values differ within the group, with this run's values. */
  readonly differing: readonly KeyValue[];
  /** Those of them that distinguish the run from others with the same name. */
  readonly distinguishing: readonly KeyValue[];
  /** Number of runs of the group with the same experiment and result, this one included. */
  readonly repeats: number;
}

/** The runs of all experiments whose manifest can't be read. */
export interface DamagedGroup {
  readonly kind: 'damagedGroup';
  readonly runs: readonly DamagedRow[];
}

/** One of these runs. */
export interface DamagedRow {
  readonly kind: 'damaged';
  readonly run: DamagedRun;
}

/** A row of the tree. */
export type RunsNode = RunGroup | RunRow | DamagedGroup | DamagedRow;

const refreshMilliseconds = 1000;
const maxKeysInDescription = 2;

/** All runs of the workspace by experiment, the latest first; those that train in this window show live numbers. */
export class RunsTree implements TreeDataProvider<RunsNode>, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<undefined>());
  readonly #refresh = this.#owned.add(
    new Throttler(refreshMilliseconds, () => {
      this.#changed.fire(undefined);
    }),
  );

  #isListed = false;
  #showsHidden = false;
  #onListed: (() => void) | undefined;

  readonly onDidChangeTreeData: Event<undefined> = this.#changed.event;

  constructor(
    readonly index: RunIndex,
    readonly sessions: Sessions,
  ) {
    this.#owned.add(
      index.onDidChange(() => {
        this.#changed.fire(undefined);
      }),
    );
    this.#owned.add(
      sessions.onDidChange(() => {
        this.#refresh.schedule();
      }),
    );
  }

  /** Lists the runs that a person has hidden, too, or leaves them out. */
  showHidden(isShown: boolean): void {
    this.#showsHidden = isShown;
    void registry.executeCommand('setContext', contextKeys.hiddenRunsShown, isShown);
    this.#changed.fire(undefined);
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    if (node !== undefined) return 'runs' in node ? [...node.runs] : [];
    const groups = [
      ...groupsOf(await this.index.all(), this.#showsHidden),
      ...damagedGroup(await this.index.damaged()),
    ];
    if (!this.#isListed) void registry.executeCommand('setContext', contextKeys.runsListed, true);
    this.#isListed = true;
    this.#onListed?.();
    this.#onListed = undefined;
    return groups;
  }

  getTreeItem(node: RunsNode): TreeItem {
    switch (node.kind) {
      case 'group':
        return groupItem(node);
      case 'run':
        return runItem(node, this.sessions.withFolder(locationOf(node.run.folder)));
      case 'damagedGroup':
        return damagedGroupItem(node);
      case 'damaged':
        return damagedItem(node);
      default:
        return node satisfies never;
    }
  }

  /** Says in the view that the runs are being read, until they are. */
  showLoading(view: { message?: string | undefined }): void {
    view.message = translate`Loading runs…`;
    this.#onListed = () => {
      view.message = undefined;
    };
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** @param showsHidden whether runs are listed that a person has hidden */
function groupsOf(runs: readonly StoredRun[], showsHidden: boolean): RunGroup[] {
  const groups = new Map<string, StoredRun[]>();
  for (const run of runs) {
    const key = isRecorded(run) ? `recorded:${folderOf(run.folder).toString()}` : (run.source ?? run.base).toString();
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].flatMap((all) => {
    const members = all.filter(({ annotations }) => showsHidden || !annotations.isHidden);
    const [first] = all;
    if (first === undefined) return [];
    const values = members.map(({ manifest }) => keyValues(manifest.experiment));
    const keys = differingKeys(values);
    const distinguishing = distinguishingKeys(members.map((run, i) => ({ name: shortNameOf(run), values: values[i] })));
    const results = members.map(({ manifest }, i) => resultOf(manifest, values[i]));
    const repeats = results.map((result) => results.filter((other) => other === result).length);
    return {
      kind: 'group',
      name: isRecorded(first)
        ? `${workspace.asRelativePath(folderOf(first.folder))}, recorded`
        : workspace.asRelativePath(first.source ?? first.experiment),
      isFileMissing: first.source !== undefined && first.experiment !== first.source,
      hidden: all.length - members.length,
      runs: members.map((run, i) => ({
        kind: 'run',
        run,
        differing: pairs(keys, values[i]),
        distinguishing: distinguishing[i] ?? [],
        repeats: repeats[i] ?? 1,
      })),
    };
  });
}

/** Whether another program recorded the run; it has no experiment file. */
function isRecorded({ manifest }: StoredRun): boolean {
  return manifest.facts.recordedBy !== undefined;
}

/** Identifies an experiment and what a run of it came to; two runs of the same bits have the same. */
function resultOf({ updates, loss, validationLoss }: StoredRun['manifest'], values: KeyValues | undefined): string {
  return JSON.stringify([[...(values ?? [])], updates, loss, validationLoss]);
}

function damagedGroup(runs: readonly DamagedRun[]): readonly DamagedGroup[] {
  return runs.length === 0 ? [] : [{ kind: 'damagedGroup', runs: runs.map((run) => ({ kind: 'damaged', run })) }];
}

function damagedGroupItem({ runs }: DamagedGroup): TreeItem {
  const description = formatCount(runs.length, 'run');
  const item = treeItem({ label: translate`Damaged runs`, description }, TreeItemCollapsibleState.Expanded);
  item.id = 'damaged';
  item.contextValue = 'damagedGroup';
  return item;
}

function damagedItem(row: DamagedRow): TreeItem {
  const { folder } = row.run;
  const label = workspace.asRelativePath(folder);
  const message = damagedRunMessage(row.run);
  const item = treeItem(
    {
      label,
      description: translate`damaged`,
      tooltip: message,
      accessibilityLabel: translate`${label}, damaged: ${message}`,
    },
    TreeItemCollapsibleState.None,
  );
  item.id = folder.toString();
  item.iconPath = new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
  item.contextValue = 'damagedRun';
  item.command = { command: commands.openRun, title: translate`Open Run`, arguments: [row] };
  return item;
}

function pairs(keys: readonly string[], values: KeyValues | undefined): RunRow['differing'] {
  return keys.map((key) => [key, formatValue(values?.get(key))]);
}

function groupItem({ name, isFileMissing: isGone, runs, hidden }: RunGroup): TreeItem {
  const description = [
    formatCount(runs.length, 'run'),
    ...(hidden > 0 ? [translate`${formatExact(hidden)} hidden`] : []),
    ...(isGone ? [translate`its file is gone`] : []),
  ].join(' · ');
  const item = treeItem({ label: name, description }, TreeItemCollapsibleState.Expanded);
  item.id = `group ${name}`;
  item.contextValue = 'group';
  return item;
}

/** The current numbers of a run: from its session where it is live, else from its manifest. */
interface CurrentNumbers {
  readonly state: RunState;
  readonly updates: number;
  readonly loss: number | undefined;
  readonly seconds: number;
}

function currentNumbers({ manifest, state }: StoredRun, session: Session | undefined): CurrentNumbers {
  if (session?.isLive === true) {
    const { status } = session;
    return { state: status.state, updates: status.updates, loss: status.loss, seconds: status.seconds };
  }
  return { state, updates: manifest.updates, loss: manifest.loss ?? undefined, seconds: manifest.seconds };
}

function runItem(row: RunRow, session: Session | undefined): TreeItem {
  const { run, differing, distinguishing, repeats } = row;
  const now = currentNumbers(run, session);
  // First the keys that distinguish it from runs with the same name, then those that its name already expresses.
  const others = differing.filter(([key]) => distinguishing.every(([shown]) => shown !== key));
  const keys = [...formatKeys(distinguishing), ...formatKeys(others)];
  const description = [
    ...(run.annotations.isHidden ? [translate`hidden`] : []),
    // The icon shows that a run has finished; every other state is also written out.
    ...(now.state === 'finished' ? [] : [stateLabels[now.state]]),
    // A narrow side bar shows only the first parts: the loss, then the key in which the run differs.
    ...(now.loss === undefined ? [] : [translate`loss ${formatNumber(now.loss)}`]),
    ...(repeats > 1 ? [translate`1 of ${formatExact(repeats)} alike`] : []),
    ...run.annotations.tags,
    ...keys.slice(0, 1),
    formatStartTime(run, 'minute'),
    ...(now.seconds > 0 ? [formatDuration(now.seconds)] : []),
    ...keys.slice(1, maxKeysInDescription),
    ...(keys.length > maxKeysInDescription ? ['…'] : []),
  ]
    .filter((part) => part !== '')
    .join(' · ');
  const label = shortNameOf(run);
  const item = treeItem(
    {
      label,
      description,
      tooltip: tooltipOf(run, now, differing),
      accessibilityLabel: `${label}, ${stateLabels[now.state]}, ${description}`,
    },
    TreeItemCollapsibleState.None,
  );
  item.id = run.folder.toString();
  item.resourceUri = run.folder;
  item.iconPath = iconOf(now.state);
  item.contextValue = `${contextOf(now.state, run.manifest)}${run.annotations.isHidden ? '.hidden' : ''}`;
  item.command = { command: commands.openRun, title: translate`Open Run`, arguments: [row] };
  return item;
}

/** Plain text, so that nothing in a manifest is shown as markup. */
function tooltipOf(
  run: StoredRun,
  { state, updates, loss, seconds }: CurrentNumbers,
  differing: RunRow['differing'],
): string {
  const { validationLoss, facts, message, git } = run.manifest;
  const { tags, note } = run.annotations;
  const startTime = formatStartTime(run, 'second');
  // What a log counts may be epochs.
  const unit = facts.imported === undefined ? 'update' : 'step';
  return [
    nameOf(run),
    translate`${stateLabels[state]} after ${formatDone(updates, facts.plannedUpdates, translate` of `, (count) => formatCount(count, unit))}, ${formatDuration(seconds)}`,
    ...(startTime === '' ? [] : [translate`started ${startTime}`]),
    ...(loss === undefined ? [] : [translate`loss ${formatNumber(loss)}`]),
    ...(validationLoss === null ? [] : [translate`validation loss ${formatNumber(validationLoss)}`]),
    ...differing.map(([key, value]) => `${key}: ${value}`),
    ...(message === null ? [] : [message]),
    ...(tags.length === 0 ? [] : [translate`tags: ${tags.join(', ')}`]),
    ...(note === '' ? [] : [translate`note: ${note}`]),
    ...(git === null ? [] : [translate`Git commit ${formatGitState(git)}`]),
    run.folder.fsPath,
  ].join('\n');
}

function contextOf(state: RunState, { reason, facts }: Manifest): string {
  if (isResumable(state, 'whole', reason, facts)) return 'run.resumable';
  return state === 'elsewhere' || state === 'running' || state === 'paused' ? 'run.live' : 'run.over';
}

function iconOf(state: RunState): ThemeIcon {
  switch (state) {
    case 'waiting':
      return new ThemeIcon('clock');
    case 'preparing':
    case 'running':
    case 'elsewhere':
      return new ThemeIcon('sync~spin');
    case 'paused':
      return new ThemeIcon('debug-pause');
    case 'finished':
      return new ThemeIcon('pass', new ThemeColor('charts.green'));
    case 'stopped':
      return new ThemeIcon('debug-stop');
    case 'diverged':
    case 'failed':
    case 'refused':
      return new ThemeIcon('error', new ThemeColor('errorForeground'));
    case 'interrupted':
      return new ThemeIcon('debug-disconnect');
    default:
      return state satisfies never;
  }
}
