import {
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
import { commands } from '../platform/ids';
import { treeItem } from '../platform/labels';
import { formatDuration, formatNumber, formatCount, formatExact } from '../text/numbers';
import { isResumable, stateLabels, type RunState } from '../protocol/run';
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
} from '../session/storedRun';
import type { RunIndex } from '../session/runIndex';
import type { Session } from '../session/session';
import type { Sessions } from '../session/sessions';

/** The runs of one experiment. */
export interface RunGroup {
  readonly kind: 'group';
  readonly name: string;
  /** Whether the experiment's file is not there any more. */
  readonly isGone: boolean;
  readonly runs: readonly RunRow[];
}

/** One run, with what tells it from the others of its group. */
export interface RunRow {
  readonly kind: 'run';
  readonly run: StoredRun;
  /** Keys that the runs of the group do not have alike, with this run's values. */
  readonly differing: readonly KeyValue[];
  /** Those of them that it does not have like the others of its name. */
  readonly telling: readonly KeyValue[];
}

/** The runs whose manifest can't be read, whatever their experiments are. */
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
const mostInDescription = 2;

/** All runs of the workspace under their experiments, the newest first; those that train here show their numbers live. */
export class RunsTree implements TreeDataProvider<RunsNode>, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<undefined>());
  readonly #refresh = this.#owned.add(
    new Throttler(refreshMilliseconds, () => {
      this.#changed.fire(undefined);
    }),
  );

  readonly onDidChangeTreeData: Event<undefined> = this.#changed.event;

  constructor(
    readonly kept: RunIndex,
    readonly sessions: Sessions,
  ) {
    this.#owned.add(
      kept.onDidChange(() => {
        this.#changed.fire(undefined);
      }),
    );
    this.#owned.add(
      sessions.onDidChange(() => {
        this.#refresh.schedule();
      }),
    );
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    if (node === undefined) return [...groupsOf(await this.kept.all()), ...damagedGroup(await this.kept.damaged())];
    return 'runs' in node ? [...node.runs] : [];
  }

  getTreeItem(node: RunsNode): TreeItem {
    switch (node.kind) {
      case 'group':
        return groupItem(node);
      case 'run':
        return runItem(node, this.sessions.withFolder(node.run.folder.fsPath));
      case 'damagedGroup':
        return damagedGroupItem(node);
      case 'damaged':
        return damagedItem(node);
      default:
        return node satisfies never;
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

function groupsOf(runs: readonly StoredRun[]): RunGroup[] {
  const groups = new Map<string, StoredRun[]>();
  for (const run of runs) {
    const key = (run.source ?? run.base).toString();
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((members) => {
    const [first] = members;
    const values = members.map(({ manifest }) => keyValues(manifest.experiment));
    const keys = differingKeys(values);
    const telling = distinguishingKeys(members.map((run, i) => ({ name: shortNameOf(run), values: values[i] })));
    return {
      kind: 'group',
      name: first === undefined ? '' : workspace.asRelativePath(first.source ?? first.experiment),
      isGone: first?.source !== undefined && first.experiment !== first.source,
      runs: members.map((run, i) => ({
        kind: 'run',
        run,
        differing: pairs(keys, values[i]),
        telling: telling[i] ?? [],
      })),
    };
  });
}

function damagedGroup(runs: readonly DamagedRun[]): readonly DamagedGroup[] {
  return runs.length === 0 ? [] : [{ kind: 'damagedGroup', runs: runs.map((run) => ({ kind: 'damaged', run })) }];
}

function damagedGroupItem({ runs }: DamagedGroup): TreeItem {
  const description = formatCount(runs.length, 'run');
  const item = treeItem({ label: 'Damaged runs', description }, TreeItemCollapsibleState.Expanded);
  item.id = 'damaged';
  item.contextValue = 'damagedGroup';
  return item;
}

function damagedItem(row: DamagedRow): TreeItem {
  const { folder } = row.run;
  const label = workspace.asRelativePath(folder);
  const message = damagedRunMessage(row.run);
  const item = treeItem(
    { label, description: 'damaged', tooltip: message, accessibilityLabel: `${label}, damaged: ${message}` },
    TreeItemCollapsibleState.None,
  );
  item.id = folder.toString();
  item.iconPath = new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
  item.contextValue = 'damagedRun';
  item.command = { command: commands.openRun, title: 'Open Run', arguments: [row] };
  return item;
}

function pairs(keys: readonly string[], values: KeyValues | undefined): RunRow['differing'] {
  return keys.map((key) => [key, formatValue(values?.get(key))]);
}

function groupItem({ name, isGone, runs }: RunGroup): TreeItem {
  const description = `${formatCount(runs.length, 'run')}${isGone ? ' · its file is gone' : ''}`;
  const item = treeItem({ label: name, description }, TreeItemCollapsibleState.Expanded);
  item.id = `group ${name}`;
  item.contextValue = 'group';
  return item;
}

/** What is known of a run now: from its session where it has one, else from its manifest. */
interface Now {
  readonly state: RunState;
  readonly updates: number;
  readonly loss: number | undefined;
  readonly seconds: number;
}

function nowOf({ manifest, state }: StoredRun, session: Session | undefined): Now {
  if (session?.isLive === true) {
    const { status } = session;
    return { state: status.state, updates: status.updates, loss: status.loss, seconds: status.seconds };
  }
  return { state, updates: manifest.updates, loss: manifest.loss ?? undefined, seconds: manifest.seconds };
}

function runItem(row: RunRow, session: Session | undefined): TreeItem {
  const { run, differing, telling } = row;
  const now = nowOf(run, session);
  // What tells it from others of its name, then what its name stands for.
  const named = differing.filter(([key]) => telling.every(([told]) => told !== key));
  const keys = [...formatKeys(telling), ...formatKeys(named)];
  const description = [
    // The sign before the name says that it has finished; whatever else it is stands in words.
    ...(now.state === 'finished' ? [] : [stateLabels[now.state]]),
    // A side bar has room for the first of these: what sets a run apart, and when it began where another is its like.
    ...keys.slice(0, 1),
    formatStartTime(run, 'minute'),
    ...(now.loss === undefined ? [] : [`loss ${formatNumber(now.loss)}`]),
    ...(now.seconds > 0 ? [formatDuration(now.seconds)] : []),
    ...keys.slice(1, mostInDescription),
    ...(keys.length > mostInDescription ? ['…'] : []),
  ]
    .filter((words) => words !== '')
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
  item.contextValue = contextOf(now.state);
  item.command = { command: commands.openRun, title: 'Open Run', arguments: [row] };
  return item;
}

/** Plain text: nothing in it is markup, whatever somebody has written into a manifest. */
function tooltipOf(run: StoredRun, { state, updates, loss, seconds }: Now, differing: RunRow['differing']): string {
  const { validationLoss, facts, message } = run.manifest;
  const began = formatStartTime(run, 'second');
  return [
    nameOf(run),
    `${stateLabels[state]} after ${formatExact(updates)} of ${formatCount(facts.plannedUpdates, 'update')}, ${formatDuration(seconds)}`,
    ...(began === '' ? [] : [`began ${began}`]),
    ...(loss === undefined ? [] : [`loss ${formatNumber(loss)}`]),
    ...(validationLoss === null ? [] : [`validation loss ${formatNumber(validationLoss)}`]),
    ...differing.map(([key, value]) => `${key}: ${value}`),
    ...(message === null ? [] : [message]),
    run.folder.fsPath,
  ].join('\n');
}

function contextOf(state: RunState): string {
  if (isResumable(state)) return 'run.resumable';
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
      return new ThemeIcon('error', new ThemeColor('errorForeground'));
    case 'interrupted':
      return new ThemeIcon('debug-disconnect');
    default:
      return state satisfies never;
  }
}
