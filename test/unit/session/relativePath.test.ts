import assert from 'node:assert/strict';
import { relativePath } from '../../../src/session/files/relativePath';

describe('The path of a file from a folder', () => {
  for (const [folder, file, path] of [
    ['/a/b', '/a/b/c.txt', 'c.txt'],
    ['/a/b', '/a/c/d.txt', '../c/d.txt'],
    ['/a/b', '/a/b', '../b'],
    ['/a', '/e/d.txt', '../e/d.txt'],
    ['/', '/d.txt', 'd.txt'],
    ['/c:/a', '/c:/b/d.txt', '../b/d.txt'],
    ['/C:/a', '/c:/b/d.txt', '../b/d.txt'],
    ['/c:/a', '/d:/b/d.txt', undefined],
    ['/a', '/d:/b/d.txt', undefined],
  ] as const) {
    it(`${folder} → ${file}`, () => {
      assert.equal(relativePath(folder, file), path);
    });
  }
});
