import assert from 'node:assert/strict';
import { readingProgress } from '../../../src/trainer/headless/progress.node';

describe('The progress of reading data', () => {
  const shown = (isTTY: boolean, shares: readonly (readonly [seconds: number, share: number])[]): string => {
    let [now, text] = [100, ''];
    const write = (part: unknown): boolean => {
      text += String(part);
      return true;
    };
    const progress = readingProgress({ isTTY, write }, () => now);
    for (const [seconds, share] of shares) {
      now = 100 + seconds;
      progress.show(share);
    }
    progress.close();
    return text;
  };

  it('has the time that is left at the speed so far', () => {
    // A quarter in 10 s: the other three quarters take 30 s. Of the first hundredth little can be told.
    const text = shown(true, [
      [1, 0.01],
      [10, 0.25],
    ]);
    assert.match(text, /Reading the data: 1 %\r/);
    assert.match(text, /Reading the data: 25 %, about 30 s left/);
  });

  it('is shown in a terminal only', () => {
    assert.equal(shown(false, [[10, 0.25]]), '');
  });
});
