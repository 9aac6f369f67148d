import { setTexts } from '../../../src/text/translate';

// Prints the comparison with a baseline in a language in which every text is in brackets. It has a process of its own:
// modules make texts when they are loaded.
setTexts({ ', held out': '[, held out]', '{0} below {1}': '[{0} below {1}]' });
const { baselineSummary } = await import('../../../src/text/baselineComparison');
const baselines = [
  { name: 'mean', value: 0.5 },
  { name: 'mean, held out', value: 0.4, heldOut: true },
];
console.log(baselineSummary({ training: 0.1, validation: 0.2 }, baselines));
