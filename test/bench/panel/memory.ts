import { spawnSync } from 'node:child_process';
import type { Page } from 'playwright-core';

/** Bytes that the page's thread holds: what scripts made, what lies outside the heap (tables of numbers), the document. */
export interface HeldBytes {
  readonly heap: number;
  readonly buffers: number;
  readonly document: number;
}

/** What the window holds once everything that nobody needs is collected; the workbench is part of it. */
export async function heldBy(page: Page): Promise<HeldBytes> {
  const session = await page.context().newCDPSession(page);
  for (let pass = 0; pass < 3; pass++) await session.send('HeapProfiler.collectGarbage');
  const usage = (await session.send('Runtime.getHeapUsage')) as unknown as {
    readonly usedSize: number;
    readonly embedderHeapUsedSize: number;
    readonly backingStorageSize: number;
  };
  await session.detach();
  return { heap: usage.usedSize, buffers: usage.backingStorageSize, document: usage.embedderHeapUsedSize };
}

/** Resident bytes of the newest extension host among a server's processes. */
export function extensionHostBytes(group: number): number {
  const { stdout } = spawnSync('ps', ['-e', '-o', 'pgid=,etimes=,rss=,args='], { encoding: 'utf8' });
  const hosts = stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match === null ? [] : [match]))
    .filter(([, pgid, , , command]) => Number(pgid) === group && command.includes('--type=extensionHost'))
    .sort((a, b) => Number(a[2]) - Number(b[2]));
  return Number(hosts[0]?.[3] ?? NaN) * 1024;
}
