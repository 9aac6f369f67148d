import { commands as registry, type Uri, type WebviewPanel } from 'vscode';
import type { Channel } from '../protocol/channel';
import {
  comparisonRequests,
  type ComparedRun,
  type ComparisonHostContract,
  type ComparisonState,
} from '../protocol/comparison';
import type { PageContract } from '../protocol/page';
import { formatCount } from '../text/numbers';
import { DisposableStore } from '../platform/disposable';
import { Throttler } from '../platform/throttler';
import { commands } from '../platform/ids';
import { setPanelTitle } from '../platform/labels';
import type { Log } from '../platform/log';
import {
  baseKeyValue,
  differingKeys,
  formatKeys,
  formatValue,
  keyValues,
  withoutImpliedKeys,
  type KeyValues,
} from '../run/differences';
import { memberName } from '../run/displayName';
import { distinctNames } from '../run/distinctNames';
import { seedGroups, type SeededRun } from '../run/seedGroups';
import { experimentName } from '../session/experimentText';
import type { Session } from '../session/session';
import type { Target } from '../session/sessions';
import { afterPaint } from './afterPaint';
import { ComparedMember } from './comparedMember';
import { pageOf } from './page';
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
    });
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

  async #announce(): Promise<void> {
    this.#channel.emit('show', await this.#hydrate());
  }

  async #hydrate(): Promise<ComparisonState> {
    await Promise.all(this.#members.map((member) => member.load()));
    const values = this.#members.map(({ session }) =>
      session?.experiment === undefined ? undefined : keyValues(session.experiment),
    );
    const known = values.filter((of) => of !== undefined);
    const keys = withoutImpliedKeys(differingKeys(known), known);
    const names = distinctNames(
      this.#members.map((member, i) => ({
        name: this.#nameOf(member, values),
        startTime: member.startTime,
        values: values[i],
      })),
    );
    const title = `Unroll: ${formatCount(this.#members.length, 'run')} compared`;
    this.onShow(setPanelTitle(this.panel, title));
    return {
      title,
      subjects: this.#members.map(({ subject }) => saveSubject(subject)),
      keys,
      runs: this.#members.map((member, i) => runOf(member, names[i] ?? member.name, keys, values[i])),
      groups: seedGroups(this.#members.flatMap((member, i) => seededRun(member, values[i]) ?? [])),
    };
  }

  /** A run's name; that of an experiment beside its variants says in what most of them differ from it. */
  #nameOf(member: ComparedMember, values: readonly (KeyValues | undefined)[]): string {
    const { session, name } = member;
    const own = values[this.#members.indexOf(member)];
    if (own === undefined || session?.info?.variant !== null) return name;
    // A name that a person gave stays as it is.
    if (name !== (memberName(null, session.seed) ?? experimentName(session.info.name, session.uri))) return name;
    const variants = this.#members.flatMap((other, i) =>
      isVariantOf(other.session, session) && values[i] !== undefined ? [values[i]] : [],
    );
    const told = baseKeyValue(own, variants);
    return told === undefined ? name : [name, ...formatKeys([told])].join(', ');
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

/** Whether a session trained a variant of the experiment that the other one trained. */
function isVariantOf(session: Session | undefined, base: Session): boolean {
  const variant = session?.info?.variant;
  return variant !== null && variant !== undefined && session?.uri.toString() === base.uri.toString();
}

function runOf(
  member: ComparedMember,
  name: string,
  keys: readonly string[],
  values: KeyValues | undefined,
): ComparedRun {
  const { id: number, session, problem } = member;
  const { series } = session ?? {};
  member.sent = series === undefined ? undefined : { series, updates: series.updates };
  return {
    id: number,
    name,
    status: session?.status,
    data: seriesOf(session),
    values: values === undefined ? {} : Object.fromEntries(keys.map((key) => [key, formatValue(values.get(key))])),
    problem,
  };
}

function seriesOf(session: Session | undefined): ComparedRun['data'] {
  const { info, series } = session ?? {};
  return info === undefined || series === undefined ? undefined : { info, series: series.whole() };
}

/** A run by which groups are found; undefined before it has started. */
function seededRun({ id, session }: ComparedMember, values: KeyValues | undefined): SeededRun | undefined {
  if (session?.info === undefined) return undefined;
  const { name, variant, seed, dataDigest } = session.info;
  return { id, name: memberName(variant, undefined) ?? experimentName(name, session.uri), values, seed, dataDigest };
}
