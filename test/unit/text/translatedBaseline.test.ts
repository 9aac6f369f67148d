import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTexts, translateMessage } from '../../../src/text/translate';

describe('A baseline in another language', () => {
  it('is known by its stored name, which is English', () => {
    const command = join('dist', 'test', 'unit', 'text', 'translatedBaseline.command.mjs');
    const summary = execFileSync(process.execPath, [command], { encoding: 'utf8' });
    assert.equal(summary, 'On held-out data the loss is [50 % below “mean” (0.400)].\n');
  });
});

describe('A message in another language', () => {
  afterEach(() => {
    setTexts(undefined);
  });

  it('keeps a name that every object has', () => {
    setTexts({ 'The column {0} is empty.': 'Spalte {0} ist leer.' });
    assert.equal(translateMessage('The column constructor is empty.'), 'Spalte constructor ist leer.');
    assert.equal(translateMessage('toString'), 'toString');
  });
});
