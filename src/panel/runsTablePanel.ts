import { commands as registry, workspace, type Uri, type WebviewPanel } from 'vscode';
import { DisposableStore } from '../platform/disposable';
import { commands } from '../platform/ids';
import { setPanelTitle } from '../platform/labels';
import type { Log } from '../platform/log';
import { Throttler } from '../platform/throttler';
import type { Channel } from '../protocol/channel';
import type { PageContract } from '../protocol/page';
import {
  runsTableRequests,
  type RunProgress,
  type RunsTableAction,
  type RunsTableHostContract,
  type RunsTableRow,
  type RunsTableState,
} from '../protocol/runsTable';
import { differingKeys, formatValue, keyValues, withoutImpliedKeys, type KeyValues } from '../run/differences';
import { formatGitState } from '../run/gitState';
import type { Sessions } from '../session/sessions';
import type { RunIndex } from '../session/stored/runIndex';
import { formatStartTime, nameOf, type StoredRun } from '../session/stored/storedRun';
import { singleLine } from '../text/plainText';
import { pageOf } from './page';
import { connectPage } from './pageChannel';
import type { PageView } from './pageViews';
import type { PanelView } from './panels';
import { uriOfLocation } from '../session/files/location';
import { translate } from '../text/translate';

/** What the table of runs uses of the extension. */
export interface RunsTableParts {
  readonly extension: Uri;
  readonly index: RunIndex;
  readonly sessions: Sessions;
  readonly log: Log;
}

const refreshMilliseconds = 1000;

/** The commands behind the actions of the page. */
const commandOf: Readonly<Record<RunsTableAction, string>> = {
  open: commands.openRun,
  compare: commands.compareRuns,
  compareExperiments: commands.compareExperiments,
  rename: commands.renameRun,
  editTags: commands.editTags,
  editNote: commands.editNote,
  hide: commands.hideRun,
  unhide: commands.unhideRun,
  delete: commands.deleteRun,
};

/** The panel with all runs of the workspace in a table. */
export class RunsTablePanel implements PanelView {
  readonly #owned = new DisposableStore();
  readonly #channel: Channel<RunsTableHostContract, PageContract>;
  readonly #progress = this.#owned.add(
    new Throttler(refreshMilliseconds, () => {
      if (this.panel.visible) this.#channel.emit('progress', this.#training());
    }),
  );

  /**
   * @param view of the page
   * @param onShow called with the panel's title
   */
  constructor(
    readonly panel: WebviewPanel,
    readonly parts: RunsTableParts,
    view: PageView,
    onShow: (title: string) => void,
  ) {
    const { extension, index, sessions, log } = parts;
    this.#channel = connectPage<RunsTableHostContract>('Runs table', panel.webview, log, runsTableRequests, {
      ready: async () => ({ ...(await this.#state()), saved: view.forLoadedPage() }),
      act: ({ action, folders }) => this.#act(action, folders),
    });
    this.#channel.on('view', (changed) => {
      view.set(changed);
    });
    this.#owned.add(
      index.onDidChange(() => {
        // A hidden webview gets no messages; it requests everything when it becomes visible.
        if (this.panel.visible) void this.#show();
      }),
    );
    this.#owned.add(
      sessions.onDidChange(() => {
        this.#progress.schedule();
      }),
    );
    onShow(setPanelTitle(panel, translate`Unroll: all runs`));
    panel.webview.html = pageOf(panel.webview, extension, 'runsTable');
  }

  dispose(): void {
    this.#channel.close('The panel was closed.');
    this.#owned.dispose();
  }

  async #show(): Promise<void> {
    this.#channel.emit('show', await this.#state());
  }

  async #state(): Promise<RunsTableState> {
    const runs = await this.parts.index.all();
    const values = runs.map(({ manifest }) => keyValues(manifest.experiment));
    const keys = withoutImpliedKeys(differingKeys(values), values);
    const training = new Map(this.#training().map((one) => [one.folder, one]));
    return {
      keys,
      rows: runs.map((run, i) => ({
        ...rowOf(run, valuesOf(values[i], keys)),
        ...training.get(run.folder.toString()),
      })),
    };
  }

  /** The runs that train in this window: their manifests are older. */
  #training(): readonly RunProgress[] {
    return this.parts.sessions.all.flatMap((session) => {
      const folder = session.isLive ? session.folder : undefined;
      if (folder === undefined) return [];
      const { state, updates, seconds, loss, validationLoss } = session.status;
      return [{ folder: uriOfLocation(folder).toString(), state, updates, seconds, loss, validationLoss }];
    });
  }

  async #act(action: RunsTableAction, folders: readonly string[]): Promise<undefined> {
    const wanted = new Set(folders);
    const nodes = (await this.parts.index.all())
      .filter(({ folder }) => wanted.has(folder.toString()))
      .map((run) => ({ kind: 'run', run }));
    if (nodes.length > 0) await registry.executeCommand(commandOf[action], nodes[0], nodes);
    return undefined;
  }
}

function valuesOf(values: KeyValues | undefined, keys: readonly string[]): RunsTableRow['values'] {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = values?.get(key);
      return value === undefined ? [] : [[key, singleLine(formatValue(value))]];
    }),
  );
}

function rowOf(run: StoredRun, values: RunsTableRow['values']): RunsTableRow {
  const { folder, manifest, state, annotations, source, experiment } = run;
  const { updates, seconds, loss, validationLoss, facts, git } = manifest;
  const isTimeKnown = !Number.isNaN(new Date(manifest.startedAt).getTime());
  return {
    folder: folder.toString(),
    name: nameOf(run),
    experiment: singleLine(workspace.asRelativePath(source ?? experiment)),
    state,
    startedAt: isTimeKnown ? manifest.startedAt : '',
    started: formatStartTime(run, 'minute'),
    updates,
    plannedUpdates: facts.plannedUpdates,
    seconds,
    loss: loss ?? undefined,
    validationLoss: validationLoss ?? undefined,
    parameters: facts.parameterCount,
    values,
    ...annotations,
    commit: git === null ? '' : formatGitState(git),
  };
}
