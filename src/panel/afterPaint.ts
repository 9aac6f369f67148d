import type { Channel, Contract } from '../protocol/channel';
import type { PageContract } from '../protocol/page';

/** Longest wait (ms) for a page that does not answer, and longest pause after it has drawn. */
const longest = 1000;

/**
 * Resolves when a page has drawn what it was sent, and as much time again has passed: the pictures of a run that trains take
 * at most half of the time of a machine that draws slowly, and the editor has the rest.
 */
export async function afterPaint<Host extends Contract>(channel: Channel<Host, PageContract>): Promise<void> {
  const sent = performance.now();
  await Promise.race([channel.request('painted', undefined).catch(() => undefined), pause(longest)]);
  await pause(Math.min(longest, performance.now() - sent));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
