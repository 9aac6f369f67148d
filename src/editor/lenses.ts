import {
  EventEmitter,
  Range,
  window,
  type CodeLens,
  type CodeLensProvider,
  type Disposable,
  type Event,
  type TextDocument,
  type Uri,
} from 'vscode';
import { DisposableStore } from '../platform/disposable';
import { RequestedChanges } from './requestedChanges';
import { Throttler } from '../platform/throttler';
import { commands, languageId } from '../platform/ids';
import { codeLens, type LensContent } from '../platform/labels';
import type { SourceRange } from '../experiment/problems/problem';
import type { ExperimentFile } from '../experiment/experimentFile';
import type { Estimate, TimeEstimate } from '../protocol/trainer';
import type { Estimates } from '../session/live/estimates';
import type { Session } from '../session/session';
import type { Sessions } from '../session/sessions';
import {
  formatNumber,
  formatCount,
  formatDuration,
  formatMebibytes,
  formatPercentage,
  formatShortTime,
} from '../text/numbers';
import { formatLayers } from '../text/layerTable';
import { pendingLabels, stateLabels } from '../protocol/run';
import { changedKeys, formatKeyNames } from '../session/changedKeys';
import { parsedInHost } from './experimentCheck';
import { formatSeedRuns } from './seedLens';
import { translate } from '../text/translate';

const refreshMilliseconds = 500;

/** Lenses above the file and each variant: ▶ Train and the estimate, or a run's state with its commands. */
export class TrainLenses implements CodeLensProvider, Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #owned = new DisposableStore();
  // Lenses are redrawn at most twice a second, however fast the run is.
  readonly #refresh = new Throttler(refreshMilliseconds, () => {
    this.#changes.change();
  });
  readonly #changes = new RequestedChanges(
    () => {
      this.#changed.fire();
    },
    () => visibleExperiments(),
  );

  readonly onDidChangeCodeLenses: Event<void> = this.#changed.event;

  constructor(
    readonly sessions: Sessions,
    readonly estimates: Estimates,
  ) {
    for (const event of [sessions.onDidChange, estimates.onDidChange]) {
      this.#owned.add(
        event(() => {
          this.#refresh.schedule();
        }),
      );
    }
    this.#owned.add(
      window.onDidChangeVisibleTextEditors(() => {
        this.#refresh.schedule();
      }),
    );
    this.#refresh.schedule();
  }

  async provideCodeLenses(document: TextDocument): Promise<CodeLens[]> {
    this.#changes.requested(document);
    const parsed = await parsedInHost(document);
    const top = new Range(0, 0, 0, 0);
    if (parsed?.kind === 'refused') {
      // The lens stays: pressing it shows the problems.
      return this.#lensesAt(top, document, undefined, undefined);
    }
    const file = parsed?.file;
    // A long file is parsed by the trainer; its variants are those of the last check.
    const variants = file?.variants ?? this.estimates.variantsOf(document.uri);
    // Without variants, ▶ Train trains all seeds.
    const count = variants.length === 0 ? 1 : (file?.members.length ?? 1 + variants.length);
    return [
      ...this.#lensesAt(top, document, undefined, file, count),
      ...variants.flatMap(({ name, place }) => this.#lensesAt(rangeOf(document, place), document, name, file)),
    ];
  }

  dispose(): void {
    this.#changes.dispose();
    this.#refresh.dispose();
    this.#owned.dispose();
    this.#changed.dispose();
  }

  /** The seeds whose runs this window shows: those of a file that is too long to be parsed here. */
  #trainedSeeds(uri: Uri, variant: string | undefined): readonly number[] {
    return this.sessions.ofTarget({ uri, variant }).flatMap(({ seed }) => seed ?? []);
  }

  /** The lenses of an experiment or variant that is trained with several seeds. */
  #groupLenses(
    range: Range,
    uri: Uri,
    variant: string | undefined,
    seeds: readonly number[],
    file: ExperimentFile | undefined,
    count: number,
  ): CodeLens[] {
    const sessions = seeds.flatMap((seed) => this.sessions.get({ uri, variant, seed }) ?? []);
    const lens = lensesOf(range, uri, variant);
    const named = formatCount(seeds.length, 'seed');
    const train = [
      lens(
        translate`▶ Train ${named}`,
        commands.train,
        translate`Train this experiment once with each of its seeds, and compare the runs`,
      ),
      lens(
        translate`Step by step`,
        commands.trainStepByStep,
        translate`Start a run of the first seed, paused before its first update`,
      ),
      ...trainAllLens(count, lens),
    ];
    if (sessions.length === 0) {
      const estimated = this.estimates.of({ uri, variant });
      return estimated === undefined ? train : [...train, codeLens(range, estimateLens(estimated))];
    }
    const changed = [...new Set(sessions.flatMap((session) => changedKeys(session, file) ?? []))];
    const since = changed.length === 0 ? '' : translate` · changed since: ${formatKeyNames(changed)}`;
    const show = lens(
      `${formatSeedRuns(sessions, seeds.length)}${since}`,
      commands.compareSeeds,
      translate`Compare these runs`,
    );
    const live = sessions.filter(({ isLive }) => isLive);
    if (live.length === 0) return [...train, show];
    return [
      ...(live.every(({ status }) => status.state === 'paused')
        ? [lens(translate`Resume`, commands.resume, translate`Continue to train the paused seeds`, 'debug-continue')]
        : [
            lens(
              translate`Pause`,
              commands.pause,
              translate`Pause all seeds; those that wait are not started`,
              'debug-pause',
            ),
          ]),
      lens(
        translate`Stop`,
        commands.stop,
        translate`Stop the runs of all seeds; their records stay saved`,
        'debug-stop',
      ),
      show,
    ];
  }

  #lensesAt(
    range: Range,
    document: TextDocument,
    variant: string | undefined,
    file: ExperimentFile | undefined,
    /** How many runs "Train all" starts; not offered for one. */
    count = 1,
  ): CodeLens[] {
    const seeds = file?.seedsOf(variant) ?? this.#trainedSeeds(document.uri, variant);
    if (seeds.length > 0) return this.#groupLenses(range, document.uri, variant, seeds, file, count);
    const session = this.sessions.get({ uri: document.uri, variant });
    const lens = lensesOf(range, document.uri, variant);
    const more = [
      lens(
        translate`Step by step`,
        commands.trainStepByStep,
        translate`Start a new run that is paused before its first update`,
      ),
      ...trainAllLens(count, lens),
    ];
    if (session === undefined) {
      const first = lens(translate`▶ Train`, commands.train, translate`Train this experiment and watch it learn`);
      const estimated = this.estimates.of({ uri: document.uri, variant });
      return estimated === undefined ? [first] : [first, ...more, codeLens(range, estimateLens(estimated))];
    }
    const changed = changedKeys(session, file) ?? [];
    const show = lens(
      `${progressOf(session)}${changed.length === 0 ? '' : translate` · changed since: ${formatKeyNames(changed)}`}`,
      commands.showRun,
      changed.length === 0
        ? translate`Show this run`
        : translate`Show this run. The file has changed since it started; Train starts a new run with the current file. Changed keys: ${changed.join(', ')}.`,
    );
    const train = lens(translate`▶ Train`, commands.train, translate`Start a new run`);
    const resume = (folder: string): CodeLens =>
      codeLens(range, {
        icon: 'debug-continue',
        title: translate`Resume`,
        command: commands.resumeRun,
        tooltip: translate`Resume from the latest checkpoint${changed.length === 0 ? '' : translate`, with the experiment as it was when the run started`}`,
        arguments: [folder],
      });
    switch (session.status.state) {
      case 'elsewhere':
        return [show];
      case 'waiting':
      case 'preparing':
        return [show, lens(translate`Stop`, commands.stop, translate`Stop this run`, 'debug-stop')];
      case 'running':
        return [
          lens(translate`Pause`, commands.pause, translate`Pause after the update in progress`, 'debug-pause'),
          lens(translate`Stop`, commands.stop, translate`Stop this run; its records stay saved`, 'debug-stop'),
          show,
        ];
      case 'paused':
        return [
          lens(translate`Resume`, commands.resume, translate`Continue training`, 'debug-continue'),
          lens(translate`Step`, commands.step, translate`One update, then pause again`, 'debug-step-over'),
          lens(translate`Stop`, commands.stop, translate`Stop this run; its records stay saved`, 'debug-stop'),
          show,
        ];
      case 'finished':
      case 'diverged':
      case 'refused':
        return [train, ...more, show];
      case 'stopped':
      case 'failed':
      case 'interrupted':
        return [train, ...more, ...(session.folder === undefined ? [] : [resume(session.folder)]), show];
      default:
        return session.status.state satisfies never;
    }
  }
}

/** Makes the lenses of an experiment or variant, whose commands act on it. */
function lensesOf(range: Range, uri: Uri, variant: string | undefined) {
  return (title: string, command: string, tooltip: string, icon?: string): CodeLens =>
    codeLens(range, {
      ...(icon === undefined ? {} : { icon }),
      title,
      command,
      tooltip,
      arguments: [uri.toString(), variant],
    });
}

/** Offered where there are variants. */
function trainAllLens(count: number, lens: ReturnType<typeof lensesOf>): readonly CodeLens[] {
  if (count < 2) return [];
  return [
    lens(
      translate`▶ Train all ${count}`,
      commands.trainAll,
      translate`Train the experiment and its variants, and compare them`,
    ),
  ];
}

function visibleExperiments(): readonly TextDocument[] {
  return window.visibleTextEditors.map(({ document }) => document).filter((one) => one.languageId === languageId);
}

/** The parameters, memory and time of a run, and the time to read large data, without a command. */
function estimateLens({ parameters, memoryBytes, reading, time, layers }: Estimate): LensContent {
  const title = `${formatCount(parameters, 'parameter')} · ${formatMebibytes(memoryBytes)}`;
  if (reading !== undefined)
    return {
      title: translate`about ${title} · ${formatDuration(Math.max(1, reading.seconds))} to read ${formatMebibytes(reading.bytes)}`,
      command: '',
      tooltip: translate`Estimated from the beginning of the data file: number of parameters, the memory that training will use, and the time that reading the data takes on this machine`,
    };
  return {
    title:
      time === undefined ? title : translate`${title} · about ${formatShortTime(time.secondsPerUpdate)} per update`,
    command: '',
    tooltip: translate`Number of parameters, and the memory that training will use. ${timeText(time)}\nBy layer, with the multiply-adds of a forward pass over one batch and the memory of the parameters, gradients and optimizer:\n${formatLayers(layers)}`,
  };
}

function timeText(time: TimeEstimate | undefined): string {
  if (time === undefined)
    return translate`The time of an update is not measured before training: the net is too large for that, or it is never updated.`;
  const { secondsPerUpdate, updates } = time;
  return translate`The time of an update is that of the fastest of some that were computed now, on one thread of this machine: ${formatCount(updates, 'update')} take about ${formatDuration(secondsPerUpdate * updates)}, validation not included.`;
}

function progressOf(session: Session): string {
  const { state, updates, loss, queuePosition, reading, pending } = session.status;
  if (queuePosition !== undefined)
    return translate`waiting, ${queuePosition === 1 ? translate`next` : translate`${queuePosition} in line`}`;
  if (reading !== undefined) return translate`reading the data: ${formatPercentage(reading)}`;
  const numbers =
    loss === undefined ? '' : translate` · ${formatCount(updates, 'update')} · loss ${formatNumber(loss)}`;
  if (pending !== undefined) return `${pendingLabels[pending]}${numbers}`;
  return `${state === 'running' ? translate`running` : stateLabels[state]}${numbers}`;
}

function rangeOf(document: TextDocument, place: SourceRange): Range {
  return new Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
}
