import { truncate } from '../text/quoting';
import { numberOrNull, type AnswerNumber } from './answerNumbers';
import type { ListedRun } from './readableRun';

/** Longest description, in characters: a manifest may have any. */
const maxDescription = 500;

/** How a run ended and what it trained, without its records. */
export interface RunSummary {
  readonly run: string;
  readonly file: string | null;
  readonly name: string;
  readonly variant: string | null;
  readonly seed: number;
  /** The program that trained it, if Unroll did not. */
  readonly recordedBy?: string;
  readonly state: string;
  /** Why it ended, as a word. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly updates: number;
  /** Null where the number is not known. */
  readonly plannedUpdates: number | null;
  readonly startedAt: string;
  /** Seconds of training. */
  readonly seconds: AnswerNumber | null;
  /** Of the last update. */
  readonly loss: AnswerNumber | null;
  readonly validationLoss: AnswerNumber | null;
}

/** See RunSummary. */
export function summaryOf({ run, file, manifest, state }: ListedRun): RunSummary {
  const { facts, variant, reason, message, updates, startedAt, seconds, loss, validationLoss } = manifest;
  return {
    run,
    file: file ?? null,
    name: truncate(facts.name),
    variant,
    seed: facts.seed,
    ...(facts.recordedBy === undefined ? {} : { recordedBy: facts.recordedBy }),
    state,
    ...{ reason, message },
    updates,
    plannedUpdates: facts.plannedUpdates === 0 ? null : facts.plannedUpdates,
    startedAt,
    seconds: numberOrNull(seconds),
    loss: numberOrNull(loss),
    validationLoss: numberOrNull(validationLoss),
  };
}

/** What was trained: the net, its data and how it learns. */
export function settingsOf({ manifest: { facts } }: ListedRun): object {
  const { cell, activation, inputs, hidden, layerCount, outputs, parameterCount, steps, batch } = facts;
  const { data, loss, bptt, clip, optimizer, lag } = facts;
  return {
    net: { cell, activation, inputs, hidden, layers: layerCount, outputs, parameters: parameterCount },
    data: { description: data.slice(0, maxDescription), steps, batch, lag },
    ...{ loss, bptt, clip, optimizer: optimizer.slice(0, maxDescription) },
  };
}
