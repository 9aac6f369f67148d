import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import * as z from 'zod';

/**
 * Bytes that the page's thread holds: the objects of scripts, the memory outside the heap (tables of numbers), the
 * document.
 */
export interface HeldBytes {
  readonly heap: number;
  readonly buffers: number;
  readonly document: number;
}

/** The memory of the window after garbage collection, including the workbench. */
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

/** The memory of an extension host after garbage collection; workers count in `resident` only. */
export interface HostBytes {
  readonly heap: number;
  /** Tables of numbers and other memory outside the heap. */
  readonly outside: number;
  /** Resident memory, including freed memory that was not returned to the system. */
  readonly resident: number;
}

const inspector = 'http://127.0.0.1:9229/json/list';

/**
 * Inspects the newest extension host among a server's processes.
 *
 * @param browser provides the `WebSocket`, which Node has only from version 22 on
 * @throws when there is none, or it cannot be inspected
 */
export async function heldByHost(group: number, browser: Browser): Promise<HostBytes> {
  const pid = extensionHost(group);
  // This signal makes Node open its debugger port.
  process.kill(pid, 'SIGUSR1');
  const page = await browser.newPage();
  try {
    const answer = await page.evaluate(
      async (address) => {
        const socket = new WebSocket(address);
        await new Promise((resolve, reject) => {
          socket.addEventListener('open', resolve);
          socket.addEventListener('error', reject);
        });
        let id = 0;
        const ask = (method: string, params: object = {}): Promise<unknown> =>
          new Promise((resolve) => {
            const own = ++id;
            socket.addEventListener('message', ({ data }) => {
              const message = JSON.parse(String(data)) as { readonly id?: number; readonly result?: unknown };
              if (message.id === own) resolve(message.result);
            });
            socket.send(JSON.stringify({ id: own, method, params }));
          });
        for (let pass = 0; pass < 3; pass++) await ask('HeapProfiler.collectGarbage');
        const usage = await ask('Runtime.evaluate', { expression: 'process.memoryUsage()', returnByValue: true });
        // The next inspected process needs the same port.
        const closed = new Promise((resolve) => {
          socket.addEventListener('close', resolve);
        });
        void ask('Runtime.evaluate', { expression: "setTimeout(() => process.getBuiltinModule('inspector').close())" });
        await closed;
        return usage;
      },
      await addressOf(pid),
    );
    const { heapUsed, external, rss } = usageSchema.parse(answer).result.value;
    return { heap: heapUsed, outside: external, resident: rss };
  } finally {
    await page.close();
  }
}

const usageSchema = z.object({
  result: z.object({ value: z.object({ heapUsed: z.number(), external: z.number(), rss: z.number() }) }),
});

async function addressOf(pid: number): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const targets = await fetch(inspector).then(
      async (response) => targetsSchema.parse(await response.json()),
      () => [],
    );
    const [target] = targets;
    if (target !== undefined) return target.webSocketDebuggerUrl;
    await sleep(100);
  }
  throw new Error(`The extension host (process ${pid}) does not let itself be looked into at ${inspector}.`);
}

const targetsSchema = z.array(z.object({ webSocketDebuggerUrl: z.string() }));

/** The newest extension host among a server's processes. */
export function extensionHost(group: number): number {
  const { stdout } = spawnSync('ps', ['-e', '-o', 'pgid=,etimes=,pid=,args='], { encoding: 'utf8' });
  const hosts = stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match === null ? [] : [match]))
    .filter(([, pgid, , , command]) => Number(pgid) === group && command.includes('--type=extensionHost'))
    .sort((a, b) => Number(a[2]) - Number(b[2]));
  const [host] = hosts;
  if (host === undefined) throw new Error('The server has no extension host.');
  return Number(host[3]);
}
