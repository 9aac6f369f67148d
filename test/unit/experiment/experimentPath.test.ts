import assert from 'node:assert/strict';
import { experimentPath } from '../../../src/experiment/document/experimentPath';

describe('The path of a new experiment', () => {
  it('has the ending of an experiment once, whatever a person or a dialog wrote', () => {
    const written = {
      '/w/weather': '/w/weather.rnn.json',
      '/w/weather.rnn': '/w/weather.rnn.json',
      '/w/weather.json': '/w/weather.rnn.json',
      '/w/weather.rnn.json': '/w/weather.rnn.json',
      '/w/weather.json.rnn.json': '/w/weather.rnn.json',
      '/w/weather.rnn.json.rnn.json': '/w/weather.rnn.json',
      '/w/v1.2': '/w/v1.2.rnn.json',
      '/w.json/weather': '/w.json/weather.rnn.json',
    };
    for (const [path, expected] of Object.entries(written)) assert.equal(experimentPath(path), expected);
  });
});
