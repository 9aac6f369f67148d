import { Uri, type WebviewPanel } from 'vscode';
import { replayHandlers } from '../protocol/replayRequests';
import { reasonOf, type Channel } from '../protocol/channel';
import type { PageContract } from '../protocol/page';
import {
  panelRequests,
  type PanelEntry,
  type PanelHostContract,
  type PanelState,
  type ZoomedSeries,
  type ZoomedSeriesRequest,
} from '../protocol/panel';
import type { DisplaySeries } from '../run/series/displaySeries';
import { DisposableStore } from '../platform/disposable';
import { Throttler } from '../platform/throttler';
import { setPanelTitle } from '../platform/labels';
import type { Log } from '../platform/log';
import { experimentName, fileNameOf, folderOf, readExperiment } from '../session/experimentText';
import type { RunIndex } from '../session/runIndex';
import { formatStartTime } from '../session/storedRun';
import { StoredRunSession } from '../session/storedRunSession';
import type { LatestRuns } from '../session/latestRuns';
import { Inspector } from '../session/inspector';
import { LiveZoomedSeries } from '../session/liveZoomedSeries';
import type { ZoomedSeriesReader } from '../session/runReader';
import { Session } from '../session/session';
import type { Sessions, Target } from '../session/sessions';
import type { StartTrainerWorker } from '../session/trainerWorker';
import { plainName } from '../run/displayName';
import { runFiles } from '../run/storage/runFiles';
import { pageOf } from './page';
import { connectPage } from './pageChannel';
import { runPanelCommand } from './panelCommands';
import type { PanelView } from './panels';
import { saveSubject, type SavedSubject, type Subject } from './subject';

/** What a panel needs from the house. */
export interface RunPanelParts {
  readonly sessions: Sessions;
  readonly kept: RunIndex;
  readonly archive: LatestRuns;
  /** For looking into single updates. */
  readonly startWorker: StartTrainerWorker;
  readonly extension: Uri;
  readonly log: Log;
}

const refreshMilliseconds = 60;

/** The panel of one experiment, or of one kept run: shows one run at a time, live, and passes on what the person asks. */
export class RunPanel implements PanelView {
  readonly #owned = new DisposableStore();
  readonly #channel: Channel<PanelHostContract, PageContract>;
  /** The run as its folder has it, where the panel is about one run. */
  readonly #kept: StoredRunSession | undefined;
  #target: Target | undefined;
  /** A hidden panel gets no changes and asks anew when it shows. */
  readonly #changes = this.#owned.add(
    new Throttler(refreshMilliseconds, () => {
      this.#refresh();
    }),
  );
  #isVisible = true;
  /** The series that the webview has, with its facts; what follows only adds to it. */
  #drawn: DisplaySeries | undefined;
  /** The session that was read for this panel: nobody need be told of it. */
  #recalled: Session | undefined;
  /** Updates of the drawn series that the webview has. */
  #sent = 0;
  #inspector: Inspector | undefined;
  /** What the inspector was made for. */
  #inspectedAs = '';
  #detail: { readonly of: Session; readonly records: ZoomedSeriesReader } | undefined;
  /** The stretch that is followed while its run trains. */
  #live: LiveZoomedSeries | undefined;
  /** What was begun to be read before the page could ask for it. */
  #early: Promise<unknown> | undefined;
  #variants: readonly string[] = [];
  /** What the panel was last called. */
  #title = '';

  /** @param onShow told what the panel shows, whenever that changes */
  constructor(
    readonly panel: WebviewPanel,
    readonly subject: Subject,
    readonly parts: RunPanelParts,
    readonly onShow: (shown: SavedSubject, title: string) => void,
  ) {
    const { sessions, kept, extension, log } = parts;
    this.#target = subject.kind === 'experiment' ? subject.target : undefined;
    this.#kept =
      subject.kind === 'run'
        ? this.#owned.add(new StoredRunSession(subject.folder, kept.onDidTouch, parts.archive.reader))
        : undefined;
    this.#channel = connectPage<PanelHostContract>('Panel', panel.webview, log, panelRequests, {
      ready: () => this.#hydrate(),
      select: ({ variant }) => {
        if (variant !== undefined && !this.#variants.includes(variant)) {
          throw new Error(
            `${fileNameOf(this.#uri)} has no such variant: it has ${this.#variants.join(', ') || 'none'}.`,
          );
        }
        return this.show(variant);
      },
      command: async (command) => {
        const target = this.#target ?? this.#session ?? { uri: this.#uri, variant: undefined };
        await runPanelCommand(command, target, this.#session?.folder);
        return undefined;
      },
      ...replayHandlers(async (name, params) => this.#inspected().ask(name, params)),
      zoomedSeries: (request) => this.#detailOf(request),
      setLearningRate: (rate) => this.#session?.setLearningRate(rate).then(() => undefined),
    });
    this.#owned.add(
      sessions.onDidReplace((session) => {
        if (session === this.#session && session !== this.#recalled) void this.#announce();
      }),
    );
    this.#owned.add(
      sessions.onDidChange((session) => {
        if (session === this.#session || session.uri.toString() === this.#target?.uri.toString()) this.#follow(session);
      }),
    );
    if (this.#kept !== undefined) {
      this.#owned.add(
        this.#kept.onDidChange(() => {
          const isNamedAlike = this.#title === this.#kept?.name;
          const isOwn = this.#session === this.#kept?.session;
          const hasOnlyGrown = this.#drawn !== undefined && this.#drawn === this.#session?.series;
          if (isOwn && isNamedAlike && hasOnlyGrown) this.#changes.schedule();
          else if (isOwn || !isNamedAlike) void this.#announce();
        }),
      );
    }
    this.#owned.add(
      panel.onDidChangeViewState(() => {
        this.#isVisible = panel.visible;
      }),
    );
    panel.webview.html = pageOf(panel.webview, extension, 'run');
    // The page needs longer to come than the run to be read.
    this.#early = this.#recall();
    this.#early.catch(() => undefined);
  }

  /** Shows another run of the experiment. */
  async show(variant: string | undefined): Promise<undefined> {
    if (this.#target !== undefined && variant !== this.#target.variant) {
      this.#target = { ...this.#target, variant };
      this.#early = undefined;
      await this.#announce();
    }
    return undefined;
  }

  dispose(): void {
    this.#inspector?.dispose();
    this.#live?.dispose();
    this.#channel.close('The panel was closed.');
    this.#owned.dispose();
  }

  get #session(): Session | undefined {
    const { sessions } = this.parts;
    if (this.#target !== undefined) return sessions.get(this.#target);
    return this.#kept && (sessions.withFolder(this.#kept.folder.fsPath) ?? this.#kept.session);
  }

  /** The experiment file; of a run whose file is gone, the manifest that holds its experiment. */
  get #uri(): Uri {
    return (
      this.#target?.uri ?? this.#session?.uri ?? Uri.joinPath(this.#kept?.folder ?? Uri.file('/'), runFiles.manifest)
    );
  }

  /** A run has one inspector, made when it is first looked into, and anew when other kernels have gone on with it. */
  #inspected(): Inspector {
    const { folder, facts } = this.#session ?? {};
    if (folder === undefined) throw new Error('The records of this run are not kept, so no update can be looked into.');
    const inspected = JSON.stringify([folder, facts?.kernelChanges]);
    if (this.#inspector === undefined || this.#inspectedAs !== inspected) {
      this.#inspector?.dispose();
      this.#inspectedAs = inspected;
      const base = this.#kept?.kept?.base ?? folderOf(this.#uri);
      const made = (): number => this.#session?.status.updates ?? 0;
      this.#inspector = new Inspector(base, folder, this.parts.startWorker, made);
    }
    return this.#inspector;
  }

  /** Full resolution comes from the records on disk, and of a run that trains from its trainer and from what comes in. */
  async #detailOf(request: ZoomedSeriesRequest): Promise<ZoomedSeries | undefined> {
    const session = this.#session;
    const { facts } = session ?? {};
    if (session === undefined || facts === undefined || facts.folder === null) return undefined;
    if (this.#detail?.of !== session) {
      this.#detail = { of: session, records: this.parts.archive.reader.detailOf(facts.folder, facts) };
    }
    this.#live?.dispose();
    this.#live = session.isLive ? new LiveZoomedSeries(session, facts, request) : undefined;
    const { records } = this.#detail;
    return this.#live === undefined ? records.read(request) : this.#live.read(records);
  }

  async #announce(): Promise<void> {
    this.#channel.emit('show', await this.#hydrate());
  }

  async #hydrate(): Promise<PanelState> {
    await (this.#early ?? this.#recall());
    this.#early = undefined;
    const { title, variants } =
      this.#kept === undefined ? await this.#experiment() : { title: this.#kept.name, variants: [] };
    const session = this.#session;
    const run =
      session?.facts === undefined || session.series === undefined
        ? undefined
        : { facts: session.facts, status: session.status, series: session.series.whole() };
    this.#sent = session?.series?.updates ?? 0;
    this.#drawn = run === undefined ? undefined : session?.series;
    this.#title = title;
    const kept = this.#kept?.kept;
    const began = kept === undefined ? '' : formatStartTime(kept, 'minute');
    // Of a run that a person has named, the name says which it is; others are called alike.
    const isNamed = began === '' || kept?.displayName !== undefined;
    const tab = setPanelTitle(this.panel, isNamed ? `Unroll: ${title}` : `Unroll: ${title}, ${began}`);
    const folder = this.#kept?.folder.toString();
    const variant = this.#target?.variant;
    const shown: Subject = this.#target === undefined ? this.subject : { kind: 'experiment', target: this.#target };
    this.onShow(saveSubject(shown), tab);
    return {
      uri: this.#uri.toString(),
      folder,
      title,
      began,
      fileName: fileNameOf(this.#uri),
      entries: this.#entries(variants),
      selected: variant,
      run,
      message: session?.status.message ?? this.#kept?.reason,
    };
  }

  /** A target without a session may have kept a run of an earlier window. */
  async #recall(): Promise<void> {
    if (this.#target === undefined) {
      // A run that was trained in this window is drawn from there; its folder alone says what it is called.
      await (this.#session === undefined ? this.#kept?.read() : this.#kept?.identify());
      return;
    }
    if (this.#session !== undefined) return;
    const target = this.#target;
    const archived = await this.parts.archive.open(target);
    // While the files were read, somebody may have started a run.
    if (archived === undefined || this.parts.sessions.get(target) !== undefined) return;
    const session = new Session(target.uri, target.variant);
    session.showLoaded(archived);
    this.#recalled = session;
    this.parts.sessions.put(session);
  }

  async #experiment(): Promise<{ readonly title: string; readonly variants: readonly string[] }> {
    const fileName = fileNameOf(this.#uri);
    const unread = { title: experimentName(this.#session?.facts?.name ?? '', this.#uri), variants: [] };
    try {
      const parsed = await readExperiment(this.#uri);
      if (parsed.kind === 'refused') return unread;
      const resolved = parsed.file.resolve(undefined);
      const name = resolved.kind === 'resolved' ? resolved.experiment.name : '';
      return { title: experimentName(name, this.#uri), variants: parsed.file.variants.map((variant) => variant.name) };
    } catch (error) {
      this.parts.log.warn(`${fileName} cannot be read: ${reasonOf(error)}`);
      return unread;
    }
  }

  #entries(variants: readonly string[] = this.#variants): readonly PanelEntry[] {
    this.#variants = variants;
    const uri = this.#target?.uri;
    if (uri === undefined) {
      return [{ variant: undefined, label: this.#kept?.name ?? '', state: this.#session?.status.state ?? 'untrained' }];
    }
    return [undefined, ...variants].map((variant) => ({
      variant,
      label: variant === undefined ? this.#title : plainName(variant),
      state: this.parts.sessions.get({ uri, variant })?.status.state ?? 'untrained',
    }));
  }

  /** Nobody waits for the facts of a run, nor for its first update; what follows them comes together. */
  #follow(session: Session): void {
    const { series } = session;
    const isFirst = this.#drawn !== series ? series !== undefined : this.#sent === 0 && series?.updates !== 0;
    if (session === this.#session && isFirst) this.#refresh();
    else this.#changes.schedule();
  }

  #refresh(): void {
    const session = this.#session;
    if (!this.#isVisible || session === undefined) return;
    if (session.series !== undefined && this.#drawn !== session.series) {
      // A run that was still being prepared when it was announced, or that was read anew.
      this.#drawn = session.series;
      void this.#announce();
      return;
    }
    if (session.series !== undefined) {
      this.#channel.emit('series', session.series.since(this.#sent));
      this.#sent = session.series.updates;
    }
    const grown = this.#live?.session === session ? this.#live.grown() : undefined;
    if (grown !== undefined) this.#channel.emit('zoomedSeries', grown);
    this.#channel.emit('status', { status: session.status, entries: this.#entries() });
  }
}
