import { performance } from 'node:perf_hooks';
import { bytesInParts } from '../../data/files/fileContent';
import { startBytes, type FileAccess } from '../../data/files/fileReading';
import { ReadingProgress } from '../../data/files/readingProgress';
import type { LargeFile } from '../../protocol/trainer';
import { formatDuration, formatMebibytes } from '../../text/numbers';
import { estimateLargeRun, ReadingTimer } from '../training/largeData';
import type { TrainingRequest } from '../training/trainingSetup';
import { readingProgress } from './progress.node';

const clock = (): number => performance.now() / 1000;

/** Seconds of a reading that is announced. */
const announced = 1;

/**
 * Says how long the data will take to read, if that is long, and shows which share has been read. Undefined for small
 * data.
 */
export async function showReading(
  request: TrainingRequest,
  access: FileAccess,
  stderr: NodeJS.WriteStream,
): Promise<{ readonly add: (bytes: number) => void; readonly close: () => void } | undefined> {
  const streamed = bytesInParts(request.files);
  if (streamed === 0) return undefined;
  const seconds = await readingTime(request, access);
  if (seconds >= announced) {
    stderr.write(`Reading ${formatMebibytes(streamed)} of data: about ${formatDuration(seconds)}.\n`);
  }
  const { show, close } = readingProgress(stderr, clock);
  return { add: new ReadingProgress(request.experiment, streamed, clock, show).add, close };
}

/** Estimated seconds; 0 where they cannot be estimated. */
async function readingTime(request: TrainingRequest, access: FileAccess): Promise<number> {
  const small = new Map<string, Uint8Array>();
  const large = new Map<string, LargeFile>();
  for (const [path, content] of request.files) {
    if (content instanceof Uint8Array) small.set(path, content);
    else large.set(path, { start: await access.readStart(content.location, startBytes), size: content.size });
  }
  return estimateLargeRun({ ...request, files: small }, large, new ReadingTimer(clock))?.reading?.seconds ?? 0;
}
