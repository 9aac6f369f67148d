import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskAccess, readToSize } from '../../../src/data/files/fileAccess.node';
import fc from 'fast-check';
import { streamedFile } from '../../../src/data/files/streamedFile.node';
import { decodeText } from '../../../src/data/files/textFile';
import { readSmallFiles } from '../../../src/data/files/fileReading';

describe('A file that an experiment names, or that is one', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-file-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is read whole', async () => {
    writeFileSync(path('a.txt'), 'words');
    assert.equal(Buffer.from(await readToSize(path('a.txt'), 5)).toString(), 'words');
  });

  it('is not read if it has grown beyond the limit since its size was checked', async () => {
    writeFileSync(path('a.txt'), 'words');
    await assert.rejects(readToSize(path('a.txt'), 4), /too large/);
  });

  it('is not waited for if a pipe has taken its place since it was checked', async function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [path('pipe')]);
    await assert.rejects(readToSize(path('pipe'), 5), /not a file/);
  });

  it('is read in parts where it is large, with the digest of its bytes', async () => {
    const bytes = randomFillSync(new Uint8Array(200_001));
    writeFileSync(path('a.bin'), bytes);
    let read = 0;
    const file = streamedFile(path('a.bin'), bytes.length, (count) => (read += count));
    for (let pass = 1; pass <= 2; pass++) {
      const parts: Buffer[] = [];
      for (const part of file.parts()) parts.push(Buffer.from(part));
      assert.ok(Buffer.concat(parts).equals(bytes));
    }
    assert.equal(read, 2 * bytes.length);
    assert.equal(await file.digest(), createHash('sha256').update(bytes).digest('hex'));
    // The parts of an abandoned pass are closed.
    for (const part of file.parts()) {
      assert.ok(part.length > 0);
      break;
    }
    if (existsSync('/proc/self/fd')) {
      const open = readdirSync('/proc/self/fd').map((name) => {
        try {
          return readlinkSync(`/proc/self/fd/${name}`);
        } catch {
          return '';
        }
      });
      assert.ok(!open.includes(path('a.bin')));
    }
  });

  it('is not read on if it has changed since it was first read', () => {
    writeFileSync(path('a.txt'), 'words');
    const file = streamedFile(path('a.txt'), 5);
    assert.equal([...file.parts()].length, 1);
    writeFileSync(path('a.txt'), 'sword');
    utimesSync(path('a.txt'), 1, 1);
    assert.throws(() => [...file.parts()], /has changed while it was read/);
    assert.throws(() => [...streamedFile(path('a.txt'), 4).parts()], /has changed while it was read/);
  });

  it('gives the same data in parts as whole, whatever the text', () => {
    const pieces = fc.array(fc.constantFrom('a', 'é', '\u{1F600}', '\r\n', '\n', 'x'.repeat(65_535)), {
      minLength: 3,
      maxLength: 12,
    });
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        writeFileSync(path('a.txt'), text);
        const bytes = new TextEncoder().encode(text);
        const [whole, streamed] = [bytes, streamedFile(path('a.txt'), bytes.length)].map((content) => {
          const decoded = decodeText(content, 'a.txt', []);
          assert.ok(decoded.kind === 'text');
          return { ...decoded.text, pieces: [...decoded.text.pieces()].join('') };
        });
        assert.deepEqual(streamed, whole);
        assert.equal(streamed.pieces, text);
      }),
      { numRuns: 30 },
    );
  });

  it('names the first byte that is not UTF-8, also at the edge of a part and at the end', () => {
    const problemIn = (bytes: Uint8Array): string => {
      const decoded = decodeText(bytes, 'a.txt', []);
      assert.ok(decoded.kind === 'refused');
      return decoded.problems[0]?.message ?? '';
    };
    for (const before of [0, 65_533, 65_534, 65_535, 65_536, 65_537]) {
      const text = Buffer.concat([
        Buffer.from('\n'.repeat(before)),
        Buffer.from('é'),
        Buffer.from([0xe9]),
        Buffer.from('x'),
      ]);
      assert.match(problemIn(text), new RegExp(`line ${(before + 1).toLocaleString('en')} has the byte 0xe9`));
      const cut = Buffer.concat([Buffer.from('\n'.repeat(before)), Buffer.from([0xe2, 0x82])]);
      assert.match(problemIn(cut), new RegExp(`line ${(before + 1).toLocaleString('en')} has the byte 0xe2`));
    }
    // Lines end at CR, CRLF and LF, also where a part ends between CR and LF.
    for (const before of [0, 65_534, 65_535, 65_536]) {
      const text = Buffer.concat([Buffer.from(`${'x'.repeat(before)}\r\na\rb\n\r\r\n`), Buffer.from([0xe9, 0x61])]);
      assert.match(problemIn(text), /: line 6 has the byte 0xe9/);
    }
    assert.match(problemIn(Buffer.from([0xff, 0x61, 0])), /binary file \(byte 3 is 0\)/);
  });

  it('is not found, with the name of the nearest file', async () => {
    mkdirSync(path('sub'));
    for (const name of ['sub/d.csv', 'temperatures.csv', 'caf\u00e9.txt']) writeFileSync(path(name), '1');
    const messageFor = async (text: string): Promise<string> => {
      const { unreadable } = await readSmallFiles([text], diskAccess(folder, folder), 100);
      return unreadable.get(text)?.message ?? '';
    };
    assert.match(await messageFor('sub\\d.csv'), /not found\. Write "\/" between folders: "sub\/d\.csv"\.$/);
    assert.match(await messageFor('sub/e.csv'), /not found\. Did you mean "sub\/d\.csv"\?$/);
    assert.match(await messageFor('Temperature.csv'), /Did you mean "temperatures\.csv"\?$/);
    assert.match(await messageFor('cafe\u0301.txt'), /Did you mean "caf\u00e9\.txt"\? It looks the same/);
    assert.match(await messageFor('unrelated-words'), /Write a path relative to this experiment file/);
    assert.match(await messageFor('nowhere/d.csv'), /Write a path relative to this experiment file/);
    assert.match(await messageFor('temperatures.txt'), /Did you mean "temperatures\.csv"\?$/);
    assert.match(await messageFor('https://example.org/d.csv'), /A web address cannot be read: download the file/);
  });
});
