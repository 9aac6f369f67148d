/**
 * Owns everything that a command starts (servers, browsers, scratch folders), so that nothing is left running at its end,
 * after an error or after Ctrl+C.
 */

type Cleanup = () => Promise<void> | void;

const cleanups: Cleanup[] = [];

/** Registers a function that is called before this process exits. The last registered is called first. */
export function registerCleanup(close: Cleanup): void {
  cleanups.push(close);
}

/** Calls all registered functions, even if one of them fails; failures are printed. */
export async function cleanUp(): Promise<void> {
  for (let close = cleanups.pop(); close; close = cleanups.pop()) {
    try {
      await close();
    } catch (error) {
      console.error('While closing:', error);
    }
  }
}

/**
 * Runs a command and exits: its result is the exit code, an error is printed and exits with 1, an interrupt with 130.
 * In every case it calls `closeAll` first.
 */
export async function runCommand(command: () => Promise<number>): Promise<never> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interruption.abort();
      void cleanUp().then(() => process.exit(130));
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
  // A command that ends because of `closeAll` was interrupted and has no result.
  if (interruption.signal.aborted) return new Promise(() => undefined);
  await cleanUp();
  process.exit(code);
}
