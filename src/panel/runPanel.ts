import { commands as registry, Uri, window, workspace, type Disposable, type Webview, type WebviewPanel } from 'vscode';
import { Channel, reasonOf, type Port } from '../protocol/channel';
import type { PanelCommand, PanelEntry, PanelHostContract, PanelState, PanelViewContract } from '../protocol/panel';
import { DisposableStore } from '../platform/disposable';
import { commands } from '../platform/ids';
import type { Log } from '../platform/log';
import { fileNameOf, readExperiment } from '../session/experimentText';
import type { RunArchive } from '../session/runArchive';
import { Inspector } from '../session/inspector';
import { Session } from '../session/session';
import type { Sessions, Target } from '../session/sessions';
import type { StartTrainerWorker } from '../session/trainerWorker';
import { pageOf } from './page';
import { panelRequests } from './requests';

/** What a panel needs from the house. */
export interface RunPanelParts {
  readonly sessions: Sessions;
  readonly archive: RunArchive;
  /** For looking into single updates. */
  readonly startWorker: StartTrainerWorker;
  readonly extension: Uri;
  readonly log: Log;
}

const refreshMilliseconds = 60;

/** The panel of one experiment: shows one of its runs at a time, live, and passes on what the person asks. */
export class RunPanel implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #channel: Channel<PanelHostContract, PanelViewContract>;
  readonly #uri: Uri;
  #variant: string | undefined;
  #due: NodeJS.Timeout | undefined;
  #isVisible = true;
  /** The session whose facts and series the webview has; what follows only adds to them. */
  #drawn: Session | undefined;

  constructor(
    readonly panel: WebviewPanel,
    target: Target,
    readonly parts: RunPanelParts,
  ) {
    const { sessions, extension, log } = parts;
    this.#uri = target.uri;
    this.#variant = target.variant;
    this.#channel = new Channel<PanelHostContract, PanelViewContract>(
      portOf(panel.webview),
      {
        ready: () => this.#hydrate(),
        select: ({ variant }) => this.show(variant),
        command: (command) => this.#obey(command),
        inspect: (request) => this.#inspected().ask('inspect', request),
        terms: (request) => this.#inspected().ask('terms', request),
        reach: (request) => this.#inspected().ask('reach', request),
        whatIf: (request) => this.#inspected().ask('whatIf', request),
        setLearningRate: (rate) => this.#session?.setLearningRate(rate).then(() => undefined),
      },
      {
        validators: panelRequests,
        onFault: (reason) => {
          log.warn(`Panel: ${reason}`);
        },
      },
    );
    this.#channel.on('fault', (reason) => {
      log.error(`Panel: ${reason}`);
    });
    this.#owned.add(
      sessions.onDidReplace((session) => {
        if (this.#isMine(session)) void this.#announce();
      }),
    );
    this.#owned.add(
      sessions.onDidChange((session) => {
        if (session.uri.toString() === this.#uri.toString()) this.#refreshSoon();
      }),
    );
    this.#owned.add(
      panel.onDidChangeViewState(() => {
        this.#isVisible = panel.visible;
      }),
    );
    panel.webview.html = pageOf(panel.webview, extension);
  }

  get uri(): Uri {
    return this.#uri;
  }

  /** Shows another run of the experiment. */
  async show(variant: string | undefined): Promise<undefined> {
    if (variant !== this.#variant) {
      this.#variant = variant;
      await this.#announce();
    }
    return undefined;
  }

  dispose(): void {
    clearTimeout(this.#due);
    this.#inspector?.dispose();
    this.#channel.close('The panel was closed.');
    this.#owned.dispose();
  }

  get #target(): Target {
    return { uri: this.#uri, variant: this.#variant };
  }

  get #session(): Session | undefined {
    return this.parts.sessions.get(this.#target);
  }

  #inspector: Inspector | undefined;

  /** A run has one inspector, made when it is first looked into. */
  #inspected(): Inspector {
    const folder = this.#session?.facts?.folder;
    if (typeof folder !== 'string')
      throw new Error('The records of this run are not kept, so no update can be looked into.');
    if (this.#inspector?.folder !== folder) {
      this.#inspector?.dispose();
      this.#inspector = new Inspector(this.#uri, folder, this.parts.startWorker);
    }
    return this.#inspector;
  }

  #isMine(session: Session): boolean {
    return session.uri.toString() === this.#uri.toString() && session.variant === this.#variant;
  }

  async #announce(): Promise<void> {
    this.#channel.emit('show', await this.#hydrate());
  }

  async #hydrate(): Promise<PanelState> {
    await this.#recall();
    const { title, variants } = await this.#experiment();
    const session = this.#session;
    const run =
      session?.facts === undefined || session.series === undefined
        ? undefined
        : { facts: session.facts, status: session.status, series: session.series.whole() };
    session?.series?.takeChanges();
    this.#drawn = run === undefined ? undefined : session;
    this.panel.title = `Unroll: ${title}`;
    return {
      uri: this.#uri.toString(),
      title,
      fileName: fileNameOf(this.#uri),
      entries: this.#entries(variants),
      selected: this.#variant,
      run,
      message: session?.status.message,
    };
  }

  /** A target without a session may have kept a run of an earlier window. */
  async #recall(): Promise<void> {
    if (this.#session !== undefined) return;
    const archived = await this.parts.archive.open(this.#target);
    // While the files were read, somebody may have started a run.
    if (archived === undefined || this.parts.sessions.get(this.#target) !== undefined) return;
    const session = new Session(this.#uri, this.#variant);
    session.showArchive(archived);
    this.parts.sessions.put(session);
  }

  async #experiment(): Promise<{ readonly title: string; readonly variants: readonly string[] }> {
    const fileName = fileNameOf(this.#uri);
    try {
      const parsed = await readExperiment(this.#uri);
      if (parsed.kind === 'refused') return { title: fileName, variants: [] };
      const resolved = parsed.file.resolve(undefined);
      const name = resolved.kind === 'resolved' ? resolved.experiment.name : '';
      return { title: name || fileName, variants: parsed.file.variants.map((variant) => variant.name) };
    } catch (error) {
      this.parts.log.warn(`${fileName} cannot be read: ${reasonOf(error)}`);
      return { title: fileName, variants: [] };
    }
  }

  #variants: readonly string[] = [];

  #entries(variants: readonly string[] = this.#variants): readonly PanelEntry[] {
    this.#variants = variants;
    return [undefined, ...variants].map((variant) => ({
      variant,
      label: variant ?? 'the experiment itself',
      state: this.parts.sessions.get({ uri: this.#uri, variant })?.status.state ?? 'untrained',
    }));
  }

  /** Changes are gathered and sent some sixteen times a second; a hidden panel gets none and asks anew when it shows. */
  #refreshSoon(): void {
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      this.#refresh();
    }, refreshMilliseconds);
  }

  #refresh(): void {
    const session = this.#session;
    if (!this.#isVisible || session === undefined) return;
    if (session.series !== undefined && this.#drawn !== session) {
      // A run that was still being prepared when it was announced.
      this.#drawn = session;
      void this.#announce();
      return;
    }
    if (session.series !== undefined) this.#channel.emit('series', session.series.takeChanges());
    this.#channel.emit('status', { status: session.status, entries: this.#entries() });
  }

  async #obey(command: PanelCommand): Promise<undefined> {
    const { uri, variant } = this.#target;
    const run = (id: string): Thenable<unknown> => registry.executeCommand(id, uri.toString(), variant);
    switch (command) {
      case 'train':
        await run(commands.train);
        return undefined;
      case 'pause':
        await run(commands.pause);
        return undefined;
      case 'resume':
        await run(commands.resume);
        return undefined;
      case 'step':
        await run(commands.step);
        return undefined;
      case 'stop':
        await run(commands.stop);
        return undefined;
      case 'openExperiment':
        await window.showTextDocument(await workspace.openTextDocument(uri));
        return undefined;
      case 'revealRun': {
        const folder = this.#session?.facts?.folder;
        if (typeof folder === 'string') await registry.executeCommand('revealInExplorer', Uri.file(folder));
        return undefined;
      }
      case 'showLog':
        await registry.executeCommand(commands.showLog);
        return undefined;
      default:
        return command satisfies never;
    }
  }
}

function portOf(webview: Webview): Port {
  return {
    post: (message) => {
      void webview.postMessage(message);
    },
    listen: (listener) => {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => {
        subscription.dispose();
      };
    },
  };
}
