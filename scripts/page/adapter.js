// @ts-check
// Replaces VS Code's webview API in a plain browser: `acquireVsCodeApi` over an event stream and posted messages.
(() => {
  const id = crypto.randomUUID();
  const stream = new EventSource(`events?${id}`);
  const opened = new Promise((resolve) => stream.addEventListener('open', resolve, { once: true }));
  const arrays = { Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array };

  /** @param {string} _ @param {any} value */
  const revive = (_, value) => {
    const type = /** @type {keyof typeof arrays | undefined} */ (value?.['unroll.array']);
    if (type === undefined) return value;
    const bytes = Uint8Array.from(atob(value.base64), (character) => character.charCodeAt(0));
    return new arrays[type](bytes.buffer);
  };

  stream.addEventListener('message', ({ data }) => {
    window.dispatchEvent(new MessageEvent('message', { data: JSON.parse(data, revive) }));
  });
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      /** @param {unknown} message */
      postMessage: (message) => {
        void opened.then(() => fetch(`messages?${id}`, { method: 'POST', body: JSON.stringify(message) }));
      },
      getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
      /** @param {unknown} state */
      setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
    }),
  });
  const asked = new URLSearchParams(location.search).get('theme') ?? 'dark';
  const theme = ['dark', 'light', 'high-contrast'].includes(asked) ? asked : 'dark';
  document.addEventListener('DOMContentLoaded', () => document.body.classList.add(`vscode-${theme}`));
})();
