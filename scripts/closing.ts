/**
 * One owner for everything a command starts (servers, browsers, scratch folders), so that its end, an error and Ctrl+C
 * all end the same way: with nothing left running.
 */

type Close = () => Promise<void> | void;

const open: Close[] = [];

/** Registers what must be ended before this process does. The last opened is closed first. */
export function closeAtEnd(close: Close): void {
  open.push(close);
}

/** Closes everything that was registered, even where one of them fails; failures are printed. */
export async function closeAll(): Promise<void> {
  for (let close = open.pop(); close; close = open.pop()) {
    try {
      await close();
    } catch (error) {
      console.error('While closing:', error);
    }
  }
}

/**
 * Runs a command as the whole life of this process: its result is the exit code, a thrown error is printed and exits
 * with 1, an interrupt with 130; in every case what is open is closed first.
 */
export async function runCommand(command: () => Promise<number>): Promise<never> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interruption.abort();
      void closeAll().then(() => process.exit(130));
    });
  }
  let code: number;
  try {
    code = await command();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    if (process.env['UNROLL_DEBUG'] && error instanceof Error) console.error(error.stack);
    code = 1;
  }
  // A command that ends because what it waits for is being closed has been interrupted; it has no result of its own.
  if (interruption.signal.aborted) return new Promise(() => undefined);
  await closeAll();
  process.exit(code);
}
