import {
  EventEmitter,
  Hover,
  languages,
  window,
  workspace,
  type Disposable,
  type Event,
  type HoverProvider,
  type InlayHint,
  type InlayHintsProvider,
  type Position,
  type Range,
  type TextDocument,
} from 'vscode';
import type { ExperimentFile } from '../../experiment/experimentFile';
import type { SourceRange } from '../../experiment/problems/problem';
import { DisposableStore } from '../../platform/disposable';
import { languageId, settings } from '../../platform/ids';
import { inlayHint, markdown } from '../../platform/labels';
import { showsMeasuredValues } from '../../platform/settings';
import type { RunIndex } from '../../session/stored/runIndex';
import type { RunReader } from '../../session/stored/runReader';
import type { StartTrainerWorker } from '../../session/trainers/trainerWorker';
import { formatStartTime } from '../../session/stored/storedRun';
import { formatCount } from '../../text/numbers';
import { formatKeyNames } from '../../session/changedKeys';
import { parsedInHost } from '../experimentCheck';
import { RequestedChanges } from '../requestedChanges';
import { measuredKeys, type MeasuredKey } from './keyValues';
import { MeasuredRuns, type MeasuredValues } from './measuredRuns';
import { translate } from '../../text/translate';

/** Maximum number of variants whose values are read. */
const maxVariants = 16;

/** A measured value and where its key is written. */
interface PlacedValue extends MeasuredKey {
  readonly place: SourceRange;
  readonly values: MeasuredValues;
}

/** Registers values measured in the newest run of an experiment, as hints beside its keys and in hovers. */
export function registerMeasuredValues(
  index: RunIndex,
  reader: RunReader,
  startWorker: StartTrainerWorker,
): Pick<Disposable, 'dispose'>[] {
  const runs = new MeasuredRuns(index, reader, startWorker);
  const hints = new MeasuredHints(runs);
  const selector = { language: languageId };
  return [
    runs,
    hints,
    languages.registerInlayHintsProvider(selector, hints),
    languages.registerHoverProvider(selector, hints),
  ];
}

/** Values measured in the newest run of an experiment, beside its keys and in hovers. */
class MeasuredHints implements InlayHintsProvider, HoverProvider, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  readonly #changes = this.#owned.add(
    new RequestedChanges(
      () => {
        this.#changed.fire();
      },
      () => visibleExperiments(),
    ),
  );

  readonly onDidChangeInlayHints: Event<void> = this.#changed.event;

  constructor(readonly runs: MeasuredRuns) {
    this.#owned.add(
      runs.onDidChange(() => {
        this.#changes.change();
      }),
    );
    this.#owned.add(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${settings.section}.${settings.measuredValues}`)) this.#changes.change();
      }),
    );
  }

  async provideInlayHints(document: TextDocument, range: Range): Promise<InlayHint[]> {
    this.#changes.requested(document);
    if (!showsMeasuredValues(document.uri)) return [];
    const found = await this.#valuesIn(document);
    return found.flatMap((value) => {
      const position = document.positionAt(value.place.offset + value.place.length);
      if (!range.contains(position)) return [];
      return [inlayHint(position, labelOf(value), markdown(explanationOf(value)))];
    });
  }

  async provideHover(document: TextDocument, position: Position): Promise<Hover | undefined> {
    const offset = document.offsetAt(position);
    const found = await this.#valuesIn(document);
    const { text } = document.lineAt(position);
    const here = found.filter(({ place, keyPath }) => {
      // The key stands before its value, on the same line.
      const line = document.positionAt(place.offset);
      const key = text.lastIndexOf(`"${keyPath.at(-1) ?? ''}"`, line.character);
      const from =
        line.line === position.line && key >= 0 ? document.offsetAt(line.with({ character: key })) : place.offset;
      return offset >= from && offset <= place.offset + place.length;
    });
    if (here.length === 0) return undefined;
    return new Hover(here.map((value) => markdown(`**Measured:** ${labelOf(value)}\n\n${explanationOf(value)}`)));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #valuesIn(document: TextDocument): Promise<readonly PlacedValue[]> {
    const { version } = document;
    const parsed = await parsedInHost(document);
    if (parsed?.kind !== 'experiment') return [];
    const { file } = parsed;
    const variants = file.variants.slice(0, maxVariants).map(({ name }) => name);
    const all = await Promise.all([undefined, ...variants].map((variant) => this.#valuesOf(document, file, variant)));
    return document.version === version ? all.flat() : [];
  }

  async #valuesOf(document: TextDocument, file: ExperimentFile, variant: string | undefined): Promise<PlacedValue[]> {
    const resolved = file.resolve(variant);
    if (resolved.kind === 'refused') return [];
    const values = await this.runs.of(document.uri, variant, file);
    if (values === undefined) return [];
    return measuredKeys(values, values.run.manifest.facts, resolved.experiment).flatMap((key) => {
      const place = file.writtenPlace(key.keyPath, variant);
      return place === undefined ? [] : [{ ...key, place, values }];
    });
  }
}

function labelOf({ text, values: { changed } }: PlacedValue): string {
  return changed.length === 0 ? text : translate`outdated: ${text}`;
}

function explanationOf({ explanation, values: { run, changed, measured } }: PlacedValue): string {
  const start = formatStartTime(run, 'minute');
  const from = translate`From the newest run${start === '' ? '' : translate`, started ${start}`}, with ${formatCount(measured.updates, 'update')}.`;
  const outdated =
    changed.length === 0
      ? ''
      : translate` Outdated: ${formatKeyNames(changed)} changed since. Train again to measure this experiment.`;
  return `${explanation}\n\n${from}${outdated}`;
}

function visibleExperiments(): readonly TextDocument[] {
  return window.visibleTextEditors.map(({ document }) => document).filter((one) => one.languageId === languageId);
}
