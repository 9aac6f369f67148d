import assert from 'node:assert/strict';
import { StoredNotebook } from './storedNotebook';

describe('The chain rule, walked through', () => {
  let notebook: StoredNotebook;

  before(async () => {
    notebook = await StoredNotebook.train('three-steps.rnn.json', { height: 1000 });
    await cell('Backward through time').getByText('within rounding').waitFor();
  });

  after(() => notebook.close());

  const cell = (title: string) => notebook.page.getByRole('region', { name: title });
  const sentence = (title: string) => cell(title).locator('.cell-summary').first();

  it('goes back from the last step to the first, with the terms adding up to the gradient', async () => {
    const backward = cell('Backward through time');
    await backward.getByText('Σ of steps 2 … 2').waitFor();
    await backward.getByRole('button', { name: 'One step back' }).click();
    await backward.getByText('Σ of steps 2 … 1').waitFor();
    await backward.getByText('term of step 1 (2 × 2)').waitFor();
    await backward.getByRole('button', { name: 'Play backward' }).click();
    await backward.getByText('Σ of steps 2 … 0').waitFor();
    const check = await backward.locator('.sum-check').innerText();
    const error = Number(/relative error ([\d.e-]+),/.exec(check)?.[1]);
    assert.ok(error < 1e-5, check);
  });

  it('shows the formula of each gradient with its numbers, as the engine computed them', async () => {
    const backward = cell('Backward through time');
    const formula = backward.getByRole('region', { name: 'Formula of the selected gradient' });
    await backward.getByRole('button', { name: 'To the last step' }).click();
    await backward.getByRole('button', { name: 'One step back' }).click();
    await formula.getByText('from h2 = WhhT δ2').waitFor();
    await formula.getByText(/^All 2 units computed from these numbers agree with the engine/).waitFor();
    await backward
      .getByRole('group', { name: 'Gradients of this step' })
      .getByRole('button', { name: '∂L1/∂h1' })
      .click();
    await formula.getByText('∂L1∂h1 = WhyT ∂L∂ŷ1').waitFor();
    await formula.getByText(/^All 2 units computed from these numbers agree with the engine/).waitFor();
  });

  it('goes to the step that the slider is moved to, in every cell', async () => {
    await cell('Backward through time').getByRole('slider', { name: 'Step t' }).focus();
    await notebook.page.keyboard.press('End');
    await cell('Backward through time').getByText('Σ of steps 2 … 2').waitFor();
    await cell('Loss per step')
      .getByText(/^t = 2 ·/)
      .waitFor({ state: 'attached' });
  });

  it('backpropagates every loss separately', async () => {
    assert.match(
      (await sentence('Gradient flow: which loss reaches which step').textContent()) ?? '',
      /At this update the gradient at hk stays above 0\.1 % of its value at the loss back to the start of the window, 2 steps/,
    );
    const picture = cell('Gradient flow: which loss reaches which step').getByRole('application', {
      name: /^Which loss reaches/,
    });
    await picture.focus();
    await notebook.page.keyboard.press('Home');
    await cell('Gradient flow: which loss reaches which step')
      .getByText(/loss at t = 2, step k = 0 · ‖∂L2\/∂h0‖ = \d/)
      .waitFor();
    await notebook.page.keyboard.press('ArrowDown');
    await cell('Gradient flow: which loss reaches which step')
      .getByText(/loss at t = 1, step k = 0/)
      .waitFor();
    await cell('Gradient flow: which loss reaches which step')
      .getByText(/Whh: spectral radius \d.*σmax/)
      .waitFor();
  });

  it('shows the shares of the norm, and what another threshold would clip', async () => {
    assert.match(
      (await sentence('Clipping at this update').textContent()) ?? '',
      /doesn’t clip\. The largest share is that of .*: \d+(\.\d+)? %/,
    );
    const slider = notebook.page.getByRole('slider', { name: 'Threshold of the norm' });
    await slider.focus();
    await notebook.page.keyboard.press('Home');
    await notebook.page.getByText(/ would clip (99|100) % of the updates/).waitFor();
    await notebook.page.keyboard.press('End');
    await notebook.page.getByText(' would clip 0 % of the updates').waitFor();
  });

  it('recomputes an update with another learning rate', async () => {
    const whatIf = cell('What if');
    const rate = whatIf.locator('.number-field', { hasText: 'learning rate' }).locator('vscode-text-field');
    await rate.click();
    await notebook.page.keyboard.press('Control+A');
    await notebook.page.keyboard.type('0.3');
    await notebook.page.keyboard.press('Enter');
    await whatIf.getByText('The update would be 3.00 times as long, in the same direction.').waitFor();
    await whatIf.getByRole('button', { name: 'As trained' }).click();
    await whatIf.getByText('The run itself doesn’t change.').waitFor();
  });

  it('measures the memory horizon over the run', async () => {
    await cell('Memory horizon').getByRole('button', { name: 'Measure over the run' }).click();
    await cell('Memory horizon')
      .getByText(/^\d steps? .*at update 0, \d steps? .*at update 99/)
      .waitFor();
  });
});
