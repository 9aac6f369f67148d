import * as z from 'zod';

/** The cost of a gesture on the window's main thread, frame by frame; times in ms of that thread's processor time. */
export interface FrameCosts {
  /** Scripts, style and layout of the panel's own page. */
  readonly own: readonly number[];
  /** Painting and layering of the whole window, the panel in it, which cannot be separated. */
  readonly painting: readonly number[];
  /** Longest durations (ms of wall time) of the panel's own work on the thread. */
  readonly longTasks: number;
  /** Seconds from the first frame to the last. */
  readonly seconds: number;
}

/** Categories of Chromium's trace that the costs are read from. */
export const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel'];

/** Milliseconds from which a task counts as long, as in the W3C's Long Tasks. */
const long = 50;

const traceSchema = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      ph: z.string(),
      pid: z.number(),
      tid: z.number(),
      ts: z.number(),
      dur: z.number().default(0),
      tdur: z.number().default(0),
      args: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});

type TraceEvent = z.infer<typeof traceSchema>['traceEvents'][number];

const ownNames = new Set(['FunctionCall', 'FireAnimationFrame', 'TimerFire', 'Layout', 'UpdateLayoutTree']);
const paintingNames = new Set(['PrePaint', 'Paint', 'Layerize', 'Commit']);

/**
 * Reads a trace of Chromium.
 *
 * @param script ending of the address of the page's script, by which its frame is found
 * @throws when the trace has no frame with that script
 */
export function frameCosts(trace: string, script: string): FrameCosts {
  const all = traceSchema.parse(JSON.parse(trace)).traceEvents.filter(({ ph }) => ph === 'X');
  const call = all.find((event) => event.name === 'FunctionCall' && String(dataOf(event)['url']).endsWith(script));
  if (call === undefined) throw new Error(`Nothing of ${script} was run while the trace was taken.`);
  const frame = dataOf(call)['frame'];
  const thread = all.filter(({ pid, tid }) => pid === call.pid && tid === call.tid).sort((a, b) => a.ts - b.ts);
  const own = outermost(thread.filter((event) => ownNames.has(event.name) && dataOf(event)['frame'] === frame));
  const painting = outermost(thread.filter(({ name }) => paintingNames.has(name)));
  const ends = thread.filter(({ name }) => name === 'Commit').map(({ ts, dur }) => ts + dur);
  return {
    own: perFrame(own, ends),
    painting: perFrame(painting, ends),
    longTasks: thread.filter(
      ({ name, ts, dur }) =>
        name === 'RunTask' &&
        dur / 1000 > long &&
        own.some((event) => event.ts >= ts && event.ts < ts + dur && event.dur > dur / 2),
    ).length,
    seconds: ((ends.at(-1) ?? 0) - (ends[0] ?? 0)) / 1e6,
  };
}

/** `Layout` and `UpdateLayoutTree` have their data in the start event, all others in themselves. */
function dataOf({ args }: TraceEvent): Readonly<Record<string, unknown>> {
  const data = args['data'] ?? args['beginData'];
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}

/** The events that are not nested in others. */
function outermost(events: readonly TraceEvent[]): TraceEvent[] {
  let end = -Infinity;
  return events.filter(({ ts, dur }) => {
    const isOuter = ts >= end;
    if (isOuter) end = ts + dur;
    return isOuter;
  });
}

/** Processor time (ms) between the ends of successive frames. */
function perFrame(events: readonly TraceEvent[], ends: readonly number[]): number[] {
  const costs = ends.slice(1).map(() => 0);
  let frame = 0;
  for (const { ts, tdur } of events) {
    while (frame < ends.length && ts >= (ends[frame] ?? Infinity)) frame++;
    if (frame > 0 && frame <= costs.length) costs[frame - 1] = (costs[frame - 1] ?? 0) + tdur / 1000;
  }
  return costs;
}
