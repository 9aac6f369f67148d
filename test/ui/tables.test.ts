import assert from 'node:assert/strict';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

const experiment = `{
  "data": {
    "csv": "days.csv",
    "inputs": ["temp", "wind"],
    "length": 3
  },
  "model": { "cell": "rnn" }
}
`;
const days = ['day;temp;wind', ...Array.from({ length: 60 }, (_, day) => `${1900 + day};${day % 9},5;${day % 7}`)].join(
  '\n',
);

describe('An experiment over a table with decimal commas', () => {
  let workbench: Workbench;

  before(async () => {
    const folder = scratchWorkspace({ 'weather.rnn.json': experiment, 'days.csv': days });
    workbench = await Workbench.open({ file: 'weather.rnn.json', folder });
  });

  after(() => workbench.close());

  it('shows the cell in the data file that cannot be read', async () => {
    await workbench.codeLens('▶ Train').click();
    await workbench.notifications(1);
    await workbench.pressInNotification('Show in File');
    await workbench.page.locator('.tab.active', { hasText: 'days.csv' }).waitFor();
    await workbench.statusItem('Ln 2, Col 9 (3 selected)').waitFor();
  });

  it('previews the table beside the experiment, as it is read once a quick fix has written the keys', async () => {
    await workbench.openFile('weather.rnn.json');
    await workbench.codeLens('Preview Table').click();
    const preview = workbench.page.locator('.editor-group-container', { hasText: 'Preview of "days.csv"' });
    await preview.locator('.view-lines').getByText('row 2 has "0,5" in column "temp"').waitFor();
    await workbench.page.locator('.tab', { hasText: 'weather.rnn.json' }).click();
    await workbench.page.keyboard.press('F8');
    await workbench.page.keyboard.press('Control+.');
    const fix = workbench.page.locator('.action-widget .focused', {
      hasText: 'Set "delimiter" to ";" and "decimal" to ","',
    });
    await fix.waitFor();
    await workbench.page.keyboard.press('Enter');
    await preview.locator('.view-lines').getByText('0,5 →').first().waitFor();
    assert.equal((await workbench.problems(0)).length, 0);
  });
});
