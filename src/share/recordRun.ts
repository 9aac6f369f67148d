import { reasonOf } from '../protocol/channel';
import type { Inspection } from '../protocol/inspection';
import type { PanelState, RunView } from '../protocol/panel';
import type { SharedUpdate } from '../protocol/sharedUpdates';
import { replyKey, type RecordedReply, type Recording } from '../protocol/recording';
import type { ReplayRequestName, ReplayRequests, RequestReplay } from '../protocol/replayRequests';
import { canSample, firstSample, promptSymbols, sampleLength } from '../protocol/sampling';
import { formatCount, formatExact } from '../text/numbers';
import { textOf } from '../text/symbols';
import { folderName, withoutPaths } from './withoutPaths';

/**
 * Most numbers of the terms of one W_hh that are recorded, over all steps: those of the first steps are left out where
 * there are more. They are most of a file.
 */
const maxTermNumbers = 120_000;

/** Most held-out sequences and target columns whose predictions are recorded. */
const maxHeldOut = 8;

/** What is recorded of a run, and what it is called. */
export interface RecordedRunParts {
  readonly title: string;
  /** Formatted; '' where it isn't known. */
  readonly startTime: string;
  readonly run: RunView;
  /** In the order of the run. */
  readonly updates: readonly SharedUpdate[];
}

/**
 * Records a run for a page without a host: its state, and what the page asks about the chosen updates while nothing but
 * the update, the step, the layer and the parameter is chosen.
 *
 * @param ask replays the run
 * @throws what `ask` throws for an update that can't be inspected at all
 */
export async function recordRun(parts: RecordedRunParts, ask: RequestReplay): Promise<Recording> {
  const { updates } = parts;
  const replies: Record<string, RecordedReply> = {};
  const latest = updates.at(-1);
  const prompt = latest === undefined ? undefined : promptOf(await ask('inspect', placeOf(latest)));
  for (const place of updates) {
    const inspection = await ask('inspect', placeOf(place));
    replies[replyKey('inspect', placeOf(place))] = { value: inspection };
    // Every reply needs all held-out sequences: without a series there is nothing to ask again for.
    const scores = await ask('scores', { update: place.update, sequence: 0 }).catch(() => undefined);
    const heldOut = scores?.series === undefined ? 1 : Math.min(maxHeldOut, scores.heldOutSequences);
    for (const request of requestsOf(inspection, prompt, heldOut)) {
      replies[replyKey(request.name, request.params)] = await replyTo(request, ask);
    }
  }
  return { state: stateOf(parts, prompt), replies };
}

/** A request about an update. */
type Request = {
  [Name in ReplayRequestName]: { readonly name: Name; readonly params: ReplayRequests[Name]['params'] };
}[ReplayRequestName];

/** The page's requests about an inspected update, besides the inspection. */
function* requestsOf(inspection: Inspection, prompt: string | undefined, heldOutSequences: number): Generator<Request> {
  const { update, sequence, layers, parameters, scaling, steps } = inspection;
  yield { name: 'gradientNorm', params: { update } };
  for (const layer of layers.keys()) {
    yield { name: 'gradientFlow', params: { update, sequence, layer } };
    yield { name: 'project', params: { update, sequence, layer } };
  }
  for (const { name: parameter, rows, columns } of parameters) {
    yield { name: 'parameter', params: { update, parameter } };
    // The page starts with W_hh, at the last step.
    const isRecurrent = parameter.startsWith('rnn.weight_hh');
    const count = isRecurrent ? Math.max(1, Math.floor(maxTermNumbers / (2 * rows * columns))) : 1;
    for (let t = steps - 1; t >= Math.max(0, steps - count); t--) {
      yield { name: 'chainRuleTerms', params: { update, sequence, parameter, t } };
    }
  }
  if (prompt !== undefined) {
    yield { name: 'sample', params: { update, prompt, ...firstSample, length: sampleLength } };
  }
  for (let heldOut = 0; heldOut < heldOutSequences; heldOut++) {
    yield { name: 'scores', params: { update, sequence: heldOut } };
  }
  if (scaling !== null) {
    for (let column = 0; column < Math.min(maxHeldOut, Math.max(1, scaling.targets.length)); column++) {
      yield { name: 'predictions', params: { update, column, from: 0 } };
    }
  }
}

async function replyTo<Name extends ReplayRequestName>(
  { name, params }: { readonly name: Name; readonly params: ReplayRequests[Name]['params'] },
  ask: RequestReplay,
): Promise<RecordedReply> {
  try {
    return { value: await ask(name, params) };
  } catch (error) {
    // The page shows the reason where it would show the reply, as it does in VS Code.
    return { failure: reasonOf(error) };
  }
}

function placeOf({ update, sequence }: SharedUpdate): { readonly update: number; readonly sequence: number } {
  return { update, sequence };
}

function promptOf(inspection: Inspection): string | undefined {
  return canSample(inspection) ? textOf(inspection, promptSymbols) : undefined;
}

/** The update to begin with, where the newest one, which the page would show, is not recorded. */
function firstShown(updates: readonly SharedUpdate[], all: number): number | undefined {
  const last = updates.at(-1)?.update;
  return last === all - 1 ? undefined : last;
}

/** The state of the page; paths of this machine, which are nobody else's business, are left out. */
function stateOf({ title, startTime, run, updates }: RecordedRunParts, prompt: string | undefined): PanelState {
  const { info, status } = run;
  const all = formatCount(status.updates, 'update');
  const message = [
    updates.length === 0
      ? `This file shows the run with its ${all}. Training needs Unroll in VS Code.`
      : `This file shows the run, and ${formatExact(updates.length)} of its ${all} step by step. Training, and replaying other updates, need Unroll in VS Code.`,
    status.message ?? '',
  ]
    .filter((text) => text !== '')
    .join(' ');
  const folder = folderName(info.folder);
  const plain = withoutPaths({ info, status });
  return {
    uri: folder,
    folder,
    title,
    startTime,
    fileName: 'run.json',
    entries: [{ variant: undefined, label: title, state: status.state }],
    selected: undefined,
    run: { ...run, info: plain.info, status: { ...plain.status, message } },
    message,
    shared: { updates, prompt },
    update: firstShown(updates, status.updates),
  };
}
