/** What Mocha and assert use of the process of Node.js; esbuild puts it in their place, so that no other code sees it. */
export const process = {
  env: {},
  argv: [],
  nextTick: (callback: (...values: unknown[]) => void, ...values: unknown[]): void => {
    queueMicrotask(() => {
      callback(...values);
    });
  },
};
