import type { Frame, Page } from 'playwright-core';

/** Ending of the address of the panel's script. */
export const script = '/dist/webview/main.js';

/** Milliseconds without a visible change after which a redraw counts as complete. */
const quiet = 600;

/** When (ms since 1970) the pointer is pressed next in a window: waiting before that is part of the test. */
export function pressedAt(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const onPress = ({ timeStamp }: MouseEvent): void => {
          resolve(performance.timeOrigin + timeStamp);
        };
        addEventListener('mousedown', onPress, { capture: true, once: true });
      }),
  );
}

/** Waits, inside the page, until its heatmap shows its first column; the page's clock then, ms since 1970. */
export function firstPicture(frame: Frame): Promise<number> {
  return frame.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          const canvas = document.querySelector<HTMLCanvasElement>('canvas.heatmap');
          const context = canvas !== null && canvas.width > 1 ? canvas.getContext('2d') : null;
          const pixels = context?.getImageData(0, 0, canvas?.width ?? 1, canvas?.height ?? 1).data;
          if (pixels?.some((value) => value !== 0) === true) resolve(performance.timeOrigin + performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

/** When (ms since 1970) the page's script had arrived and could start. */
export function scriptArrived(frame: Frame): Promise<number> {
  return frame.evaluate((ending) => {
    const entry = performance.getEntriesByType('resource').find(({ name }) => name.endsWith(ending));
    return performance.timeOrigin + ((entry as PerformanceResourceTiming | undefined)?.responseEnd ?? NaN);
  }, script);
}

/** Counts animation frames until the returned function is called, which returns the milliseconds between them. */
export async function countFrames(frame: Frame): Promise<() => Promise<readonly number[]>> {
  await frame.evaluate(() => {
    const recorder = { times: [] as number[], isOn: true };
    Object.assign(window, { recorder });
    const tick = (time: number): void => {
      recorder.times.push(time);
      if (recorder.isOn) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  return () =>
    frame.evaluate(() => {
      const { recorder } = window as unknown as { recorder: { times: number[]; isOn: boolean } };
      recorder.isOn = false;
      return recorder.times.slice(1).map((time, i) => time - (recorder.times[i] ?? time));
    });
}

/**
 * Watches the page for the next press of a key; the function that is returned waits until nothing visible changes any
 * more and returns the milliseconds from the key to the frame after the last change.
 */
export async function watchRedrawing(frame: Frame): Promise<() => Promise<number>> {
  await frame.evaluate((rest) => {
    const redrawn = new Promise<number>((resolve) => {
      let pressed: number | undefined;
      let last = NaN;
      let timer: number | undefined;
      // Its heading has the drawn update: until that changes, nothing has been redrawn.
      const heading = (): string | null | undefined =>
        document.querySelector('[aria-label="Sequence time"] .group-title')?.textContent;
      const before = heading();
      const isHeading = (target: Node): boolean =>
        target instanceof Element && target.classList.contains('group-title');
      const inSight = (target: Node): boolean => {
        const element = target instanceof Element ? target : target.parentElement;
        const box = element?.getBoundingClientRect();
        return box !== undefined && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
      };
      // Setting an attribute to the same value changes nothing visible, except that it clears a canvas.
      const isChange = ({ target, attributeName, oldValue }: MutationRecord): boolean =>
        attributeName === null ||
        target instanceof HTMLCanvasElement ||
        (target as Element).getAttribute(attributeName) !== oldValue;
      const observer = new MutationObserver((mutations) => {
        const changes = mutations.filter(isChange);
        if (pressed === undefined || !changes.some(({ target }) => inSight(target) || isHeading(target))) return;
        // The frame that shows the change is over when the next one begins.
        requestAnimationFrame(() => {
          last = performance.now();
          clearTimeout(timer);
          timer = window.setTimeout(() => {
            if (heading() === before) return;
            observer.disconnect();
            resolve(last - (pressed ?? NaN));
          }, rest);
        });
      });
      observer.observe(document.body, {
        subtree: true,
        childList: true,
        attributes: true,
        attributeOldValue: true,
        characterData: true,
      });
      window.addEventListener('keydown', ({ timeStamp }) => (pressed ??= timeStamp), { capture: true, once: true });
    });
    Object.assign(window, { redrawn });
  }, quiet);
  return () => frame.evaluate(() => (window as unknown as { redrawn: Promise<number> }).redrawn);
}
