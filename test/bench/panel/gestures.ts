import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession, Frame, Locator, Page } from 'playwright-core';
import { categories, frameCosts, type FrameCosts } from './frames';
import { countFrames, script } from './page';

/** A gesture at the pace of a user: `count` pointer events, one per frame of a 60 Hz screen. */
export interface Gesture {
  readonly name: string;
  /** @param at centre of the picture under the gesture, in pixels of the window */
  make(hand: Hand, at: Place): Promise<void>;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The measurements of a gesture. */
export interface GestureResult {
  readonly name: string;
  /** Milliseconds between the page's animation frames. */
  readonly intervals: readonly number[];
  readonly costs: FrameCosts;
}

const frameLength = 1000 / 60;
const events = 90;
const wheel = { zoom: 20, scroll: 40 } as const;

/** A simulated mouse: its events come at the frame rate of a screen, even if the page does not keep up. */
class Hand {
  constructor(readonly session: CDPSession) {}

  async play(count: number, event: (n: number) => Parameters<typeof this.send>[0]): Promise<void> {
    const begin = performance.now();
    const sent: Promise<void>[] = [];
    for (let n = 0; n < count; n++) {
      sent.push(this.send(event(n)));
      await sleep(Math.max(0, begin + (n + 1) * frameLength - performance.now()));
    }
    await Promise.all(sent);
  }

  async send(event: {
    readonly type: 'mouseMoved' | 'mousePressed' | 'mouseReleased' | 'mouseWheel';
    readonly x: number;
    readonly y: number;
    readonly button?: 'left';
    readonly buttons?: number;
    readonly clickCount?: number;
    readonly deltaX?: number;
    readonly deltaY?: number;
    readonly modifiers?: number;
  }): Promise<void> {
    await this.session.send('Input.dispatchMouseEvent', event);
  }
}

const control = 2;

/** The gestures in which the panel has to keep up. */
export const gestures: readonly Gesture[] = [
  {
    name: 'zooming in and out with the wheel',
    make: (hand, { x, y }) =>
      hand.play(2 * events, (n) => ({
        type: 'mouseWheel',
        x,
        y,
        deltaX: 0,
        deltaY: n < events ? -wheel.zoom : wheel.zoom,
        modifiers: control,
      })),
  },
  {
    name: 'dragging what is in sight',
    async make(hand, { x, y, width }) {
      await hand.play(events, () => ({
        type: 'mouseWheel',
        x,
        y,
        deltaX: 0,
        deltaY: -wheel.zoom,
        modifiers: control,
      }));
      await hand.send({ type: 'mousePressed', x, y, button: 'left', buttons: 1, clickCount: 1 });
      await hand.play(2 * events, (n) => ({
        type: 'mouseMoved',
        x: x + 0.4 * width * Math.sin((n / events) * 2 * Math.PI),
        y,
        button: 'left',
        buttons: 1,
      }));
      await hand.send({ type: 'mouseReleased', x, y, button: 'left', clickCount: 1 });
    },
  },
  {
    name: 'pointing along a picture',
    make: (hand, { x, y, width }) =>
      hand.play(2 * events, (n) => ({
        type: 'mouseMoved',
        x: x + 0.4 * width * Math.sin((n / events) * 2 * Math.PI),
        y,
      })),
  },
  {
    name: 'scrolling the notebook down and up',
    make: (hand, { x, y }) =>
      hand.play(2 * events, (n) => ({
        type: 'mouseWheel',
        x,
        y,
        deltaX: 0,
        deltaY: n < events ? wheel.scroll : -wheel.scroll,
      })),
  },
];

/** Makes a gesture over a picture and measures what it costs. */
export async function measureGesture(
  gesture: Gesture,
  page: Page,
  frame: Frame,
  picture: Locator,
): Promise<GestureResult> {
  const session = await page.context().newCDPSession(page);
  const browser = page.context().browser();
  const box = await picture.boundingBox();
  if (browser === null || box === null) throw new Error(`There is no picture for ${gesture.name}.`);
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width };
  await session.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: place.x, y: place.y });
  await sleep(1000);
  await browser.startTracing(page, { categories: [...categories] });
  const counted = await countFrames(frame);
  await gesture.make(new Hand(session), place);
  const intervals = await counted();
  const trace = await browser.stopTracing();
  await session.detach();
  await picture.press('0');
  return { name: gesture.name, intervals, costs: frameCosts(trace.toString(), script) };
}
