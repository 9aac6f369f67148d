import assert from 'node:assert/strict';
import { decodeExperiment } from '../../../src/experiment/document/decodeExperiment';
import { parseExperiment } from '../../../src/experiment/parse';

const text = '{ "name": "é", "data": { "task": "adding" }, "model": { "cell": "rnn" } }';
const mark = '\uFEFF';
const littleEndian = (written: string): Uint8Array => Buffer.from(written, 'utf16le');
const bigEndian = (written: string): Uint8Array => Buffer.from(written, 'utf16le').swap16();

describe('The bytes of an experiment file', () => {
  it('are UTF-8, or UTF-16 with or without a byte-order mark', () => {
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(mark + text),
      littleEndian(mark + text),
      bigEndian(mark + text),
      littleEndian(text),
      bigEndian(text),
    ]) {
      assert.equal(decodeExperiment(bytes), text);
      assert.equal(parseExperiment(decodeExperiment(bytes, true)).kind, 'experiment');
    }
    assert.equal(decodeExperiment(littleEndian(mark + text), true), mark + text);
    assert.equal(decodeExperiment(new Uint8Array()), '');
  });
});
