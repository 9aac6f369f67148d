import { commands as registry, type Uri, type WebviewPanel } from 'vscode';
import type { Channel } from '../protocol/channel';
import { comparisonRequests, type ComparisonHostContract, type ComparisonState } from '../protocol/comparison';
import type { PageContract } from '../protocol/page';
import { DisposableStore } from '../platform/disposable';
import { Throttler } from '../platform/throttler';
import { commands } from '../platform/ids';
import { setPanelTitle } from '../platform/labels';
import type { Log } from '../platform/log';
import { comparisonOf, type RunToCompare } from '../share/comparedRuns';
import { experimentName } from '../session/experimentText';
import type { Target } from '../session/sessions';
import { afterPaint } from './afterPaint';
import { ComparedMember } from './comparedMember';
import { pageOf } from './page';
import { savePageFile } from './savePageFile';
import { saveSubject, type Subject } from './subject';
import { connectPage } from './pageChannel';
import type { RunSources } from './subjectSession';
import type { PageView } from './pageViews';
import type { PanelView } from './panels';

/** What a comparison uses of the extension. */
export interface ComparisonParts extends RunSources {
  readonly extension: Uri;
  readonly log: Log;
  readonly showTarget: (target: Target) => Promise<void>;
  readonly showRun: (folder: Uri) => Promise<void>;
  /** Writes a comparison as one HTML file. */
  readonly share: (compared: Omit<ComparisonState, 'subjects'>) => Promise<void>;
}

const refreshMilliseconds = 100;

/** The panel of several runs: sends their series, later their new updates, and the keys in which they differ. */
export class ComparisonPanel implements PanelView {
  readonly #owned = new DisposableStore();
  readonly #channel: Channel<ComparisonHostContract, PageContract>;
  #members: readonly ComparedMember[];
  readonly #growth = this.#owned.add(
    new Throttler(refreshMilliseconds, async () => {
      this.#refresh();
      if (this.panel.visible) await afterPaint(this.#channel);
    }),
  );

  /**
   * @param view of the page
   * @param onShow called with the panel's title whenever it may have changed
   */
  constructor(
    readonly panel: WebviewPanel,
    subjects: readonly Subject[],
    readonly parts: ComparisonParts,
    view: PageView,
    readonly onShow: (title: string) => void,
  ) {
    const { sessions, extension, log } = parts;
    this.#members = subjects.map(
      (subject, index) => new ComparedMember(index, subject, parts, () => void this.#announce()),
    );
    this.#channel = connectPage<ComparisonHostContract>('Comparison', panel.webview, log, comparisonRequests, {
      ready: async () => ({ ...(await this.#hydrate()), saved: view.forLoadedPage() }),
      open: (member) => this.#open(member),
      remove: (member) => this.#remove(member),
      choose: async () => {
        await registry.executeCommand(commands.compareRuns);
        return undefined;
      },
      share: async () => {
        await this.share();
        return undefined;
      },
    });
    this.#channel.on('save', (file) => void savePageFile(file));
    this.#channel.on('view', (changed) => {
      view.set(changed);
    });
    this.#owned.add(
      sessions.onDidChange((session) => {
        if (this.#members.some((member) => member.session === session)) this.#growth.schedule();
      }),
    );
    panel.webview.html = pageOf(panel.webview, extension, 'comparison');
  }

  dispose(): void {
    this.#channel.close('The panel was closed.');
    for (const member of this.#members) member.dispose();
    this.#owned.dispose();
  }

  /** Writes what is compared as one HTML file. */
  async share(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.load()));
    await this.parts.share(comparisonOf(this.#members.map(runOf)));
  }

  async #announce(): Promise<void> {
    this.#channel.emit('show', await this.#hydrate());
  }

  async #hydrate(): Promise<ComparisonState> {
    await Promise.all(this.#members.map((member) => member.load()));
    for (const member of this.#members) {
      const { series } = member.session ?? {};
      member.sent = series === undefined ? undefined : { series, updates: series.updates };
    }
    const compared = comparisonOf(this.#members.map(runOf));
    this.onShow(setPanelTitle(this.panel, compared.title));
    return { ...compared, subjects: this.#members.map(({ subject }) => saveSubject(subject)) };
  }

  #refresh(): void {
    // A hidden webview gets no messages; it requests everything when it becomes visible.
    if (!this.panel.visible) return;
    // The differing keys change when a member has another run, was read again, or has received its info.
    if (this.#members.some(({ session, sent }) => session?.series !== undefined && sent?.series !== session.series)) {
      void this.#announce();
      return;
    }
    for (const member of this.#members) {
      const { session, sent } = member;
      if (session?.series === undefined) {
        if (session !== undefined) this.#channel.emit('waiting', { id: member.id, status: session.status });
        continue;
      }
      const { series, status } = session;
      this.#channel.emit('appended', { id: member.id, status, series: series.since(sent?.updates ?? 0) });
      member.sent = { series, updates: series.updates };
    }
  }

  async #open(member: number): Promise<undefined> {
    const subject = this.#members.find((one) => one.id === member)?.subject;
    if (subject?.kind === 'experiment') await this.parts.showTarget(subject.target);
    if (subject?.kind === 'run') await this.parts.showRun(subject.folder);
    return undefined;
  }

  async #remove(member: number): Promise<undefined> {
    this.#members.find((one) => one.id === member)?.dispose();
    this.#members = this.#members.filter((one) => one.id !== member);
    await this.#announce();
    return undefined;
  }
}

function runOf(member: ComparedMember): RunToCompare {
  const { id, session, name, startTime, problem } = member;
  const { info, series } = session ?? {};
  return {
    id,
    name,
    experimentName: session === undefined ? name : experimentName(info?.name ?? '', session.uri),
    file: session?.uri.toString() ?? '',
    seed: session?.seed,
    startTime,
    experiment: session?.experiment,
    status: session?.status,
    data: info === undefined || series === undefined ? undefined : { info, series: series.whole() },
    problem,
  };
}
