import type { PanelState } from './panel';
import type { ReplayRequestName } from './replayRequests';

/** The reply to one request about an update, or why there is none. */
export type RecordedReply = { readonly value: unknown } | { readonly failure: string };

/** A run for a page without a host: what the host would send, and the replies about the recorded updates. */
export interface Recording {
  readonly state: PanelState;
  /** By `replyKey`. */
  readonly replies: Readonly<Record<string, RecordedReply>>;
}

/** The key of the reply to a request: equal for equal parameters, whatever the order of their keys. */
export function replyKey(name: ReplayRequestName, params: Readonly<Record<string, unknown>>): string {
  const known = Object.entries(params).filter(([, value]) => value !== undefined);
  return `${name} ${JSON.stringify(known.sort(([one], [other]) => (one < other ? -1 : 1)))}`;
}

/** What a recording says instead of what it does not have. */
export function notInFile(what: string): string {
  return `Not in this file: ${what}.`;
}
