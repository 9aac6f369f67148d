import { Uri, type WebviewPanel } from 'vscode';
import { DisposableStore } from '../platform/disposable';
import { setPanelTitle } from '../platform/labels';
import type { Log } from '../platform/log';
import { Throttler } from '../platform/throttler';
import { reasonOf, type Channel } from '../protocol/channel';
import type { PageContract } from '../protocol/page';
import {
  panelRequests,
  type OpenPlace,
  type PanelEntry,
  type PanelHostContract,
  type PanelState,
  type PanelTarget,
  type ZoomedSeries,
  type ZoomedSeriesRequest,
} from '../protocol/panel';
import { completeStep } from '../platform/completedSteps';
import { contextKeys } from '../platform/ids';
import type { RunStatus } from '../protocol/run';
import { replayHandlers } from '../protocol/replayRequests';
import { memberName } from '../run/displayName';
import type { DisplaySeries } from '../run/series/displaySeries';
import { runFiles } from '../run/storage/runFiles';
import { experimentName, fileNameOf, folderOf, readExperiment } from '../session/experimentText';
import { Inspector } from '../session/trainers/inspector';
import { LiveZoomedSeries } from '../session/live/liveZoomedSeries';
import type { ZoomedSeriesReader } from '../session/stored/runReader';
import { savePredictions } from '../session/stored/savePredictions';
import type { Session } from '../session/session';
import type { Target } from '../session/sessions';
import type { StartTrainerWorker } from '../session/trainers/trainerWorker';
import { afterPaint } from './afterPaint';
import { pageOf } from './page';
import { connectPage } from './pageChannel';
import { applyRemedy, runPanelCommand } from './panelCommands';
import type { PageView } from './pageViews';
import { isSameTarget, memberToShow } from './panelMembers';
import type { PanelView } from './panels';
import { savePageFile } from './savePageFile';
import { saveSubject, type SavedSubject, type Subject } from './subject';
import { SubjectSession, type RunSources } from './subjectSession';
import { translate } from '../text/translate';

/** What a panel uses of the extension. */
export interface RunPanelParts extends RunSources {
  /** Starts the trainer that replays single updates. */
  readonly startWorker: StartTrainerWorker;
  readonly extension: Uri;
  readonly log: Log;
  /** Copies a link to what a panel shows. */
  readonly copyLink: (subject: Subject) => Promise<void>;
}

const refreshMilliseconds = 60;

/** The panel of an experiment or a stored run: shows one run at a time, live, and answers the page's requests. */
export class RunPanel implements PanelView {
  readonly #owned = new DisposableStore();
  readonly #channel: Channel<PanelHostContract, PageContract>;
  /** The displayed run; of an experiment, one of its variants. */
  #shown: SubjectSession;
  /** A hidden panel gets no changes; it requests everything when it becomes visible. */
  readonly #changes = this.#owned.add(
    new Throttler(refreshMilliseconds, async () => {
      if (this.#refresh()) await afterPaint(this.#channel);
    }),
  );
  #isVisible = true;
  #isPageReady = false;
  /** The update that the page is to select, until it has been told. */
  #wantedUpdate: number | undefined;
  /** The place that the page is to show and mark, until it has been told. */
  #wantedPlace: OpenPlace | undefined;
  /** The series that was sent to the page; later messages append to it. */
  #sentSeries: DisplaySeries | undefined;
  /** Number of updates of that series that were sent. */
  #sentUpdates = 0;
  /** The status that was sent last. */
  #sentStatus: RunStatus | undefined;
  #inspector: Inspector | undefined;
  /** Folder and kernels of the inspector's run. */
  #inspectorKey = '';
  #zoomed: { readonly of: Session; readonly reader: ZoomedSeriesReader } | undefined;
  /** The zoomed range of a run that trains. */
  #live: LiveZoomedSeries | undefined;
  /** Loading that started before the page requested it. */
  #loading: Promise<unknown> | undefined;
  #members: readonly PanelTarget[] = [];
  #title = '';

  /**
   * @param view of the page
   * @param onShow called with the content and title whenever they change
   */
  constructor(
    readonly panel: WebviewPanel,
    readonly subject: Subject,
    readonly parts: RunPanelParts,
    view: PageView,
    readonly onShow: (shown: SavedSubject, title: string) => void,
  ) {
    const { sessions, extension, log } = parts;
    this.#shown = new SubjectSession(subject, parts);
    this.#channel = connectPage<PanelHostContract>('Panel', panel.webview, log, panelRequests, {
      ready: async () => {
        this.#isPageReady = true;
        return { ...(await this.#state()), saved: view.forLoadedPage() };
      },
      select: ({ variant, seed }) => this.#select({ variant, seed }),
      command: async (command) => {
        if (command === 'copyLink') {
          await this.parts.copyLink(this.shownSubject);
          return undefined;
        }
        const target = this.#target ?? this.#session ?? { uri: this.#uri, variant: undefined };
        await runPanelCommand(command, target, this.#session?.folder);
        return undefined;
      },
      ...replayHandlers(async (name, params) => {
        if (name === 'inspect' && 'update' in params) this.#noteSelection(params.update);
        return this.#inspectorOfRun().ask(name, params);
      }),
      zoomedSeries: (request) => this.#zoomedSeries(request),
      savePredictions: async ({ update }) => {
        await savePredictions(this.#inspectorOfRun(), update, this.#base);
        return undefined;
      },
      applyRemedy: async (request) => {
        if (this.#session !== undefined) await applyRemedy(this.#session, request);
        return undefined;
      },
      drawn: async () => {
        if (this.#session?.kind === 'live') await this.#session.release();
        return undefined;
      },
      setPace: async (pace) => {
        if (this.#session?.kind === 'live') await this.#session.setPace(pace);
        return undefined;
      },
      setLearningRate: async (rate) => {
        if (this.#session?.kind === 'live') await this.#session.setLearningRate(rate);
        return undefined;
      },
    });
    this.#channel.on('save', (file) => void savePageFile(file));
    this.#channel.on('view', (changed) => {
      view.set(changed);
    });
    this.#owned.add(
      sessions.onDidReplace((session) => {
        if (session === this.#session && !this.#shown.isLoadedHere) void this.#announce();
      }),
    );
    this.#owned.add(
      sessions.onDidChange((session) => {
        if (session === this.#session || session.uri.toString() === this.#target?.uri.toString()) this.#follow(session);
      }),
    );
    this.#shown.onDidChange(() => {
      this.#followFolder();
    });
    this.#owned.add(
      panel.onDidChangeViewState(() => {
        this.#isVisible = panel.visible;
      }),
    );
    panel.webview.html = pageOf(panel.webview, extension, 'run');
    // Starts now, because the page takes longer to load than the run.
    this.#loading = this.#load();
    this.#loading.catch(() => undefined);
  }

  /** The walkthrough of the extension has a step for this. */
  #noteSelection(update: number): void {
    const latest = (this.#session?.status.updates ?? 0) - 1;
    if (update < latest) completeStep(contextKeys.hasSelectedUpdate);
  }

  /** Shows another run of the experiment; where no seed is requested and one is shown, that one stays. */
  async show(target: PanelTarget): Promise<undefined> {
    const shown = this.#target;
    const isAnySeed = target.seed === undefined && shown?.variant === target.variant;
    if (shown !== undefined && isAnySeed && this.#members.some((member) => isSameTarget(member, shown)))
      return undefined;
    return this.#show(target);
  }

  async #show({ variant, seed }: PanelTarget): Promise<undefined> {
    const target = this.#target;
    if (target !== undefined && !isSameTarget(target, { variant, seed })) {
      this.#retarget({ ...target, variant, seed });
      await this.#announce();
    }
    return undefined;
  }

  #retarget(target: Target): void {
    this.#shown.dispose();
    this.#shown = new SubjectSession({ kind: 'experiment', target }, this.parts);
    this.#loading = undefined;
  }

  /** Selects an update in all pictures, as soon as the page is there. */
  async selectUpdate(update: number): Promise<void> {
    this.#wantedUpdate = update;
    if (this.#isPageReady) await this.#announce();
  }

  /** Selects a place in all pictures and marks its cell, as soon as the page is there and the update is trained. */
  async showPlace(place: OpenPlace): Promise<void> {
    this.#wantedPlace = place;
    if (this.#isPageReady) await this.#announce();
  }

  dispose(): void {
    this.#inspector?.dispose();
    this.#live?.dispose();
    this.#channel.close('The panel was closed.');
    this.#owned.dispose();
    this.#shown.dispose();
  }

  /** What the panel shows now. */
  get shownSubject(): Subject {
    return this.#shown.subject;
  }

  get #session(): Session | undefined {
    return this.#shown.session;
  }

  get #target() {
    const { subject } = this.#shown;
    return subject.kind === 'experiment' ? subject.target : undefined;
  }

  /** The folder of the panel's stored run; undefined for an experiment. */
  get #folder(): Uri | undefined {
    const { subject } = this.#shown;
    return subject.kind === 'run' ? subject.folder : undefined;
  }

  /** The folder that the experiment's paths are relative to. */
  get #base(): Uri {
    return this.#shown.base ?? folderOf(this.#uri);
  }

  /** The experiment file; if a run's file no longer exists, the manifest that contains its experiment. */
  get #uri(): Uri {
    return this.#target?.uri ?? this.#session?.uri ?? Uri.joinPath(this.#folder ?? Uri.file('/'), runFiles.manifest);
  }

  #select(target: PanelTarget): Promise<undefined> {
    const isExperimentItself = target.variant === undefined && target.seed === undefined;
    if (!isExperimentItself && !this.#members.some((member) => isSameTarget(member, target))) {
      const known = this.#members.flatMap(({ variant, seed }) => memberName(variant, seed) ?? []).join('; ') || 'none';
      throw new Error(translate`${fileNameOf(this.#uri)} has no such variant or seed. It has: ${known}.`);
    }
    return this.#show(target);
  }

  /** The inspector of the run, created at the first request, and again when other kernels have continued the run. */
  #inspectorOfRun(): Inspector {
    const { folder, info } = this.#session ?? {};
    if (folder === undefined) throw new Error(translate`This run isn't saved, so its updates can't be inspected.`);
    const key = JSON.stringify([folder, info?.kernelChanges]);
    if (this.#inspector === undefined || this.#inspectorKey !== key) {
      this.#inspector?.dispose();
      this.#inspectorKey = key;
      const updates = (): number => this.#session?.status.updates ?? 0;
      this.#inspector = new Inspector(this.#base, folder, this.parts.startWorker, updates);
    }
    return this.#inspector;
  }

  /** Reads a range at full resolution from the records on disk; for a run that trains also from its trainer. */
  async #zoomedSeries(request: ZoomedSeriesRequest): Promise<ZoomedSeries | undefined> {
    const session = this.#session;
    const { info } = session ?? {};
    if (session === undefined || info === undefined || info.folder === null) return undefined;
    if (this.#zoomed?.of !== session) {
      this.#zoomed = { of: session, reader: this.parts.latestRuns.reader.zoomedSeriesOf(info.folder, info) };
    }
    this.#live?.dispose();
    this.#live = session.kind === 'live' && session.isLive ? new LiveZoomedSeries(session, info, request) : undefined;
    const { reader } = this.#zoomed;
    return this.#live === undefined ? reader.read(request) : this.#live.read(reader);
  }

  async #announce(): Promise<void> {
    this.#channel.emit('show', await this.#state());
  }

  /** Loads the session, and registers it for the lenses, the tree and the status bar. */
  async #load(): Promise<void> {
    const shown = this.#shown;
    await shown.load();
    shown.register();
  }

  async #loaded(): Promise<void> {
    await (this.#loading ?? this.#load());
    this.#loading = undefined;
  }

  async #state(): Promise<PanelState> {
    await this.#loaded();
    const { title, members } =
      this.#folder === undefined ? await this.#experiment() : { title: this.#shown.name, members: [] };
    const target = this.#target;
    const isKnown = (member: PanelTarget): boolean =>
      this.parts.sessions.get({ uri: this.#uri, ...member }) !== undefined;
    const chosen = target === undefined ? undefined : memberToShow(target, members, isKnown);
    if (target !== undefined && chosen !== undefined) {
      this.#retarget({ uri: target.uri, ...chosen });
      await this.#loaded();
    }
    const session = this.#session;
    const run =
      session?.info === undefined || session.series === undefined
        ? undefined
        : {
            info: session.info,
            status: session.status,
            series: session.series.whole(),
            ...(session.kind === 'live' ? { open: session.open } : {}),
          };
    this.#sentUpdates = session?.series?.updates ?? 0;
    this.#sentSeries = run === undefined ? undefined : session?.series;
    this.#title = title;
    const startTime = this.#shown.startTime('minute');
    this.#noteTitle(title, startTime);
    const update = this.#wantedUpdate;
    this.#wantedUpdate = undefined;
    const place = this.#wantedPlace;
    this.#wantedPlace = undefined;
    return {
      uri: this.#uri.toString(),
      folder: this.#folder?.toString(),
      title,
      startTime,
      fileName: fileNameOf(this.#uri),
      entries: this.#entries(members),
      selected: this.#target?.variant,
      selectedSeed: this.#target?.seed,
      run,
      message: session?.status.message ?? this.#shown.problem,
      update,
      place,
    };
  }

  /** The title of the tab includes the start time unless the user has named the run: other runs share their names. */
  #noteTitle(title: string, startTime: string): void {
    const isNamed = startTime === '' || this.#shown.stored?.displayName !== undefined;
    const tab = setPanelTitle(this.panel, isNamed ? `Unroll: ${title}` : translate`Unroll: ${title}, ${startTime}`);
    this.onShow(saveSubject(this.#shown.subject), tab);
  }

  async #experiment(): Promise<{ readonly title: string; readonly members: readonly PanelTarget[] }> {
    const fileName = fileNameOf(this.#uri);
    const fallback = {
      title: experimentName(this.#session?.info?.name ?? '', this.#uri),
      members: this.#target === undefined ? [] : [this.#target],
    };
    try {
      const parsed = await readExperiment(this.#uri);
      if (parsed.kind === 'refused') return fallback;
      const resolved = parsed.file.resolve(undefined);
      const name = resolved.kind === 'resolved' ? resolved.experiment.name : '';
      return { title: experimentName(name, this.#uri), members: parsed.file.members };
    } catch (error) {
      this.parts.log.warn(`${fileName} can't be read: ${reasonOf(error)}`);
      return fallback;
    }
  }

  #entries(members: readonly PanelTarget[] = this.#members): readonly PanelEntry[] {
    this.#members = members;
    const uri = this.#target?.uri;
    if (uri === undefined) {
      return [{ variant: undefined, label: this.#shown.name, state: this.#session?.status.state ?? 'untrained' }];
    }
    return members.map(({ variant, seed }) => {
      const { state = 'untrained', reading } = this.parts.sessions.get({ uri, variant, seed })?.status ?? {};
      return { variant, seed, label: memberName(variant, seed) ?? this.#title, state, reading };
    });
  }

  /** Sends a run's first numbers and the answer to a command at once, and other changes together. */
  #follow(session: Session): void {
    const { series } = session;
    const isFirst =
      this.#sentSeries !== series ? series !== undefined : this.#sentUpdates === 0 && series?.updates !== 0;
    const { state, pending } = session.status;
    const isAnswer = state !== this.#sentStatus?.state || pending !== this.#sentStatus.pending;
    if (session === this.#session && (isFirst || isAnswer)) this.#refresh();
    else this.#changes.schedule();
  }

  /** Sends the changes of a stored run that was read again from its folder. */
  #followFolder(): void {
    const { isReadFromFolder, name } = this.#shown;
    const hasSameName = this.#title === name;
    const hasOnlyGrown = this.#sentSeries !== undefined && this.#sentSeries === this.#session?.series;
    if (isReadFromFolder && hasSameName && hasOnlyGrown) this.#changes.schedule();
    else if (isReadFromFolder || !hasSameName) void this.#announce();
  }

  /** @returns whether the page has something to draw */
  #refresh(): boolean {
    const session = this.#session;
    if (!this.#isVisible || session === undefined) return false;
    if (session.series !== undefined && this.#sentSeries !== session.series) {
      // The run was still preparing when it was announced, or was read again.
      this.#sentSeries = session.series;
      void this.#announce();
      return true;
    }
    // A picture would delay the answer to a command that waits; what it lacks follows with the next one.
    if (session.status.pending === undefined) this.#sendPictures(session);
    this.#sentStatus = session.status;
    this.#channel.emit('status', { status: this.#sentStatus, entries: this.#entries() });
    return true;
  }

  #sendPictures(session: Session): void {
    if (session.series !== undefined) {
      this.#channel.emit('series', session.series.since(this.#sentUpdates));
      this.#sentUpdates = session.series.updates;
    }
    const grown = this.#live?.session === session ? this.#live.grown() : undefined;
    if (grown !== undefined) this.#channel.emit('zoomedSeries', grown);
  }
}
