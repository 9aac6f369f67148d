import assert from 'node:assert/strict';
import type { RunsTableRow } from '../../../../src/protocol/runsTable';
import { columnsOf, sortedRows, standardColumns } from '../../../../webview/runsTable/columns';
import { readFilter } from '../../../../webview/runsTable/filter';
import { restoreTableView, standardTableView } from '../../../../webview/runsTable/tableView';

const row = (name: string, changed: Partial<RunsTableRow> = {}): RunsTableRow => ({
  folder: `file:///runs/${name}`,
  name,
  experiment: 'adding.rnn.json',
  state: 'finished',
  startedAt: '2026-01-02T03:04:05.000Z',
  started: '3:04',
  updates: 100,
  plannedUpdates: 100,
  seconds: 2,
  loss: 0.5,
  validationLoss: undefined,
  parameters: 33,
  values: {},
  tags: [],
  note: '',
  isHidden: false,
  commit: '',
  ...changed,
});

const keys = ['model.cell', 'training.steps'];
const columns = columnsOf(keys);
const rows = [
  row('one', { loss: 0.5, values: { 'model.cell': 'lstm', 'training.steps': '100' }, tags: ['baseline'] }),
  row('two', { loss: undefined, state: 'diverged', values: { 'model.cell': 'gru', 'training.steps': '20' } }),
  row('three', { loss: 0.04, values: { 'training.steps': '9' }, note: 'not the LSTM of the paper' }),
];
const namesOf = (found: readonly RunsTableRow[]): readonly string[] => found.map(({ name }) => name);

describe('The filter of the table of runs', () => {
  const fits = (text: string): readonly string[] => namesOf(rows.filter(readFilter(text, columns)));

  it('looks for each word in all columns, whatever its case', () => {
    assert.deepEqual(fits(''), ['one', 'two', 'three']);
    assert.deepEqual(fits('LSTM'), ['one', 'three']);
    assert.deepEqual(fits('lstm baseline'), ['one']);
    assert.deepEqual(fits('"of the paper"'), ['three']);
    assert.deepEqual(fits('lstm diverged'), []);
  });

  it('looks in one column where a word names it', () => {
    assert.deepEqual(fits('cell:lstm'), ['one']);
    assert.deepEqual(fits('model.cell:gru'), ['two']);
    assert.deepEqual(fits('note:"the paper"'), ['three']);
    assert.deepEqual(fits('tags:base'), ['one']);
  });

  it('compares numbers, also those of keys; a run without the number does not fit', () => {
    assert.deepEqual(fits('loss<0.5'), ['three']);
    assert.deepEqual(fits('loss<=0.5'), ['one', 'three']);
    assert.deepEqual(fits('steps>=20'), ['one', 'two']);
    assert.deepEqual(fits('training.steps=9'), ['three']);
    assert.deepEqual(fits('loss>1e-1 steps>50'), ['one']);
    assert.deepEqual(fits('state=Diverged'), ['two']);
    assert.deepEqual(fits('validationloss<1'), []);
  });

  it('takes for a word what names no column, and fits everything while a number is being typed', () => {
    assert.deepEqual(fits('nothing<3'), []);
    assert.deepEqual(fits('loss<'), ['one', 'two', 'three']);
  });
});

describe('The order of the table of runs', () => {
  const by = (id: string, isDescending = false): readonly string[] => {
    const column = columns.find((one) => one.id === id);
    assert.ok(column !== undefined);
    return namesOf(sortedRows(rows, column, isDescending));
  };

  it('compares numbers as numbers, and has runs without a value last in both directions', () => {
    assert.deepEqual(by('loss'), ['three', 'one', 'two']);
    assert.deepEqual(by('loss', true), ['one', 'three', 'two']);
    assert.deepEqual(by('key training.steps'), ['three', 'two', 'one']);
    assert.deepEqual(by('key model.cell', true), ['one', 'two', 'three']);
  });
});

describe('A key of a stranger’s run', () => {
  const inherited = ['constructor', '__proto__', 'toString'];
  const strange = columnsOf(inherited);

  it('is no value of runs that do not have it, whatever every object inherits', () => {
    const values = JSON.parse('{"__proto__":"1","constructor":"2"}') as Record<string, string>;
    const shown = [row('strange', { values }), row('other')];
    const texts = (one: RunsTableRow): readonly string[] => strange.slice(-3).map((column) => column.text(one));
    assert.deepEqual(shown.map(texts), [
      ['2', '1', ''],
      ['', '', ''],
    ]);
    assert.deepEqual(namesOf(shown.filter(readFilter('word', strange))), []);
    assert.deepEqual(namesOf(shown.filter(readFilter('constructor=2', strange))), ['strange']);
  });

  it('has its numbers before its texts, in one order however the runs stand', () => {
    const [column] = columnsOf(['key']).slice(-1);
    assert.ok(column !== undefined);
    const values = ['10', '2', '1a', '9', 'auto'];
    for (let turn = 0; turn < values.length; turn++) {
      const turned = [...values.slice(turn), ...values.slice(0, turn)];
      const sorted = sortedRows(
        turned.map((value) => row(value, { values: { key: value } })),
        column,
        false,
      );
      assert.deepEqual(namesOf(sorted), ['2', '9', '10', '1a', 'auto']);
    }
  });
});

describe('The columns of the table of runs', () => {
  it('are by default the outcomes and the first keys in which the runs differ', () => {
    const many = columnsOf(['a', 'b', 'c', 'd', 'e']);
    const standard = standardColumns(many);
    assert.ok(standard.includes('loss') && standard.includes('key d'));
    assert.ok(!standard.includes('key e') && !standard.includes('commit'));
  });

  it('are restored with the order and the filter, and what is not valid gets its default', () => {
    const view = { filter: 'lstm', sortBy: 'loss', isDescending: false, columns: ['name'], showsHidden: true };
    assert.deepEqual(restoreTableView({ view }), view);
    assert.deepEqual(restoreTableView(undefined), standardTableView);
    assert.deepEqual(restoreTableView({ view: { filter: 3, columns: [1], sortBy: null } }), standardTableView);
  });
});
