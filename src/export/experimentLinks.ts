import type { Uri } from 'vscode';
import { commands as registry, env, type Disposable, type UriHandler } from 'vscode';
import { filesOf } from '../data/source';
import type { ExperimentFile } from '../experiment/experimentFile';
import type { ResolvedExperiment } from '../experiment/schema/schema';
import { commands } from '../platform/ids';
import { showErrorMessage, showInformationMessage, showWarningMessage } from '../platform/messages';
import { reasonOf } from '../protocol/channel';
import type { OpenPlace } from '../protocol/panel';
import { differingKeys, keyValues } from '../run/differences';
import { memberName, plainName } from '../run/displayName';
import { experimentName, readExperimentText } from '../session/experimentText';
import type { Target } from '../session/sessions';
import { nameOf, type StoredRun } from '../session/stored/storedRun';
import { targetOf } from '../session/targets';
import {
  linkedView,
  maxLinkLength,
  readLinkQuery,
  safeLinkLength,
  writeLinkQuery,
  type LinkedExperiment,
  type LinkedView,
} from '../share/experimentLink';
import { formatCount, formatExact } from '../text/numbers';
import { fileStem } from '../text/fileStem';
import { locationOf } from '../session/files/location';
import { translate, translateMessage } from '../text/translate';

/** What can be linked to: an experiment with one of its variants and seeds, or a stored run. */
export type Linked =
  { readonly kind: 'experiment'; readonly target: Target } | { readonly kind: 'run'; readonly run: StoredRun };

/** What copying a link uses of the extension. */
export interface CopyParts {
  /** Of this extension: PUBLISHER.NAME. */
  readonly extensionId: string;
  /** The view of the panel that shows it; undefined where none has. */
  readonly viewOf: (linked: Linked) => Readonly<Record<string, unknown>> | undefined;
}

/** What opening a link uses of the extension, and asks of the person. */
export interface OpenParts {
  /** Shows a modal question; see `confirm`. */
  readonly confirm: (message: string, detail: string, action: string) => Promise<boolean>;
  /** Lets the person choose a place for an experiment, writes and opens it; undefined where they did not. */
  readonly save: (fileName: string, text: string) => Promise<Uri | undefined>;
  /** The stored runs of the workspace, newest first. */
  readonly runs: () => Promise<readonly StoredRun[]>;
  readonly showExperiment: (target: Target, view: LinkedView, place: OpenPlace | undefined) => Promise<void>;
  readonly showRun: (run: StoredRun, view: LinkedView, place: OpenPlace | undefined) => Promise<void>;
}

const noFiles = translate`and a link carries no data files`;

/** Copies a link to an experiment and to where its panel looks. */
export async function copyLink(linked: Linked, parts: CopyParts): Promise<void> {
  try {
    const { text, variant, seed, name } = await contentOf(linked);
    const { experiment, file } = await checked(text, variant, seed);
    refuseFiles(
      file,
      (path) =>
        translate`This experiment reads “${path}”, ${noFiles}. Send the experiment with that file, or share a run of it as one HTML file.`,
    );
    const view = linkedView(parts.viewOf(linked) ?? {});
    const link = `${env.uriScheme}://${parts.extensionId}/open?${await writeLinkQuery({ text, variant, seed, view })}`;
    if (link.length > maxLinkLength) {
      await offerHtml(linked, link.length);
      return;
    }
    await env.clipboard.writeText(link);
    const { selection } = view;
    const place = selection === undefined ? '' : translate` at update ${formatExact(selection.update)}`;
    const title = experiment.name === '' ? name : experiment.name;
    const copied = translate`Copied a link to “${title}”${place}: ${formatCount(link.length, 'character')}. It holds the whole text of the experiment.`;
    if (link.length <= safeLinkLength) void showInformationMessage(copied);
    else
      void showWarningMessage(
        translate`${copied} Some programs cut links of more than ${formatExact(safeLinkLength)} characters.`,
      );
  } catch (error) {
    void showErrorMessage(translate`No link was copied: ${translateMessage(reasonOf(error))}`);
  }
}

async function contentOf(linked: Linked): Promise<LinkedExperiment & { readonly name: string }> {
  if (linked.kind === 'experiment') {
    const { uri, variant, seed } = linked.target;
    return { text: await readExperimentText(uri), variant, seed, name: experimentName('', uri) };
  }
  const { manifest } = linked.run;
  const { recordedBy } = manifest.facts;
  if (recordedBy !== undefined) {
    throw new Error(
      translate`This run was recorded from ${recordedBy}, so it has no experiment. Share it as one HTML file.`,
    );
  }
  return { text: JSON.stringify(manifest.experiment), name: nameOf(linked.run) };
}

async function offerHtml(linked: Linked, length: number): Promise<void> {
  const tooLong = translate`The link would have ${formatExact(length)} characters, and at most ${formatExact(maxLinkLength)} are opened. Shorten the experiment, or share a run of it as one HTML file.`;
  const share = translate`Share as HTML File…`;
  if ((await showWarningMessage(tooLong, share)) !== share) return;
  await registry.executeCommand(commands.shareRun, linked.kind === 'run' ? locationOf(linked.run.folder) : undefined);
}

/** @throws with the first problem of an experiment that can't be trained */
async function checked(
  text: string,
  variant: string | undefined,
  seed: number | undefined,
): Promise<{ readonly file: ExperimentFile; readonly experiment: ResolvedExperiment }> {
  // Imported lazily: building the schemas takes longer than the rest of activation.
  const { parseExperiment } = await import('../experiment/parse');
  const parsed = parseExperiment(text);
  if (parsed.kind === 'refused')
    throw new Error(parsed.problems[0]?.message ?? translate`The experiment has a problem.`);
  const resolved = parsed.file.resolve(variant, seed);
  if (resolved.kind === 'refused')
    throw new Error(resolved.problems[0]?.message ?? translate`The experiment has a problem.`);
  return { file: parsed.file, experiment: resolved.experiment };
}

/** @throws with a message for the first file that the experiment or one of its variants reads */
function refuseFiles(file: ExperimentFile, message: (path: string) => string): void {
  for (const variant of [undefined, ...file.variants.map(({ name }) => name)]) {
    const resolved = file.resolve(variant);
    const [named] = resolved.kind === 'resolved' ? filesOf(resolved.experiment) : [];
    if (named !== undefined) throw new Error(message(named.path));
  }
}

/** Opens links to experiments. Whoever made a link chose its content: nothing is opened before the person agrees. */
export class ExperimentLinks implements UriHandler {
  constructor(readonly parts: OpenParts) {}

  async handleUri(uri: Uri): Promise<void> {
    try {
      await this.#open(uri);
    } catch (error) {
      void showErrorMessage(translate`The link was not opened: ${translateMessage(reasonOf(error))}`);
    }
  }

  async #open({ path, query }: Uri): Promise<void> {
    if (path !== '/open') throw new Error(translate`It is no link to an experiment.`);
    const linked = await readLinkQuery(query);
    const { text, variant, seed, view = {} } = linked;
    const { experiment, file } = await checked(text, variant, seed);
    refuseFiles(
      file,
      (named) => translate`its experiment reads “${named}”, ${noFiles}. A link that Unroll made names none.`,
    );
    const run = await this.#runOf(experiment, view);
    const member = memberName(variant, seed);
    const name = plainName(experiment.name) || translate`without a name`;
    const agreed = await this.parts.confirm(
      translate`Open the experiment “${name}”${member === undefined ? '' : ` (${member})`} from a link?`,
      detailOf(text, view, run),
      run === undefined ? translate`Save and Open…` : translate`Open Run`,
    );
    if (!agreed) return;
    const place = placeOf(view);
    if (run !== undefined) {
      await this.parts.showRun(run, view, place);
      return;
    }
    const saved = await this.parts.save(`${fileStem(name).slice(0, 60)}.rnn.json`, text);
    if (saved !== undefined) await this.parts.showExperiment({ uri: saved, variant, seed }, view, place);
  }

  /** A run of this experiment that has come as far as the link looks. */
  async #runOf(experiment: ResolvedExperiment, { selection }: LinkedView): Promise<StoredRun | undefined> {
    // Imported lazily, as in `checked`. A manifest has the experiment in this form.
    const { toJson } = await import('../experiment/resolved');
    const wanted = keyValues(JSON.parse(toJson(experiment)));
    return (await this.parts.runs()).find(
      ({ manifest, state }) =>
        state === 'finished' &&
        manifest.facts.recordedBy === undefined &&
        manifest.updates > (selection?.update ?? 0) &&
        differingKeys([wanted, keyValues(manifest.experiment)]).length === 0,
    );
  }
}

function detailOf(text: string, { selection }: LinkedView, run: StoredRun | undefined): string {
  const where = selection === undefined ? '' : translate` It leads to update ${formatExact(selection.update)}.`;
  const what =
    run === undefined
      ? translate`It is saved as a file where you choose, and opened. Nothing is trained until you press Train.`
      : translate`This workspace has a run of the same experiment, “${nameOf(run)}”, which is opened. Nothing is written or trained.`;
  return translate`The link does not say who made it; whoever did chose the name. The experiment has ${formatCount(text.length, 'character')}.${where}\n\n${what}`;
}

function placeOf({ selection, sequence }: LinkedView): OpenPlace | undefined {
  if (selection === undefined) return undefined;
  return { update: selection.update, step: selection.t, sequence };
}

/** The target or the run of a command's arguments; undefined where there is none. */
export function linkedOf(first: unknown, second: unknown, third: unknown): Linked | undefined {
  const { kind, run } = (first ?? {}) as { readonly kind?: unknown; readonly run?: StoredRun };
  if (kind === 'run' && run !== undefined) return { kind: 'run', run };
  const target = targetOf(first, second, third);
  return target === undefined ? undefined : { kind: 'experiment', target };
}

/** Registers the command that copies a link. */
export function registerCopyLink(parts: CopyParts, shown: () => Promise<Linked | undefined>): Disposable {
  return registry.registerCommand(commands.copyLink, async (first?: unknown, second?: unknown, third?: unknown) => {
    // A panel in front is what the person looks at, even where an editor is still called active.
    const linked = (first === undefined ? await shown() : undefined) ?? linkedOf(first, second, third);
    if (linked !== undefined) await copyLink(linked, parts);
    else void showInformationMessage(translate`Open an experiment (*.rnn.json) or a run to copy a link to it.`);
  });
}
