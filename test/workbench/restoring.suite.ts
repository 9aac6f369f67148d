import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { OpenPanels } from '../../src/panel/openPanels';

/** A memory as the workspace has one, without the workspace. */
function memento(): vscode.Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: (key: string, otherwise?: unknown) => kept.get(key) ?? otherwise,
    update: (key: string, value: unknown) => {
      kept.set(key, value);
      return Promise.resolve();
    },
  } as vscode.Memento;
}

const one = { uri: 'file:///one.rnn.json', title: 'Unroll: one' };
const variant = { uri: 'file:///two.rnn.json', variant: 'gated', title: 'Unroll: two' };

describe('The memory of open panels', () => {
  it('knows what a tab showed whose webview has left nothing', () => {
    const store = memento();
    const before = new OpenPanels(store);
    before.note(one);
    before.note({ ...variant, variant: 'plain' });
    before.note(variant);
    const after = new OpenPanels(store);
    assert.deepEqual(after.withTitle('Unroll: two'), variant);
    assert.deepEqual(after.of(one.uri), one);
    assert.equal(after.withTitle('Unroll: three'), undefined);
    assert.deepEqual(after.missing, [one, variant], 'no tab has come back');
  });

  it('forgets a panel that was closed by hand, and none that ends with its window', () => {
    const panels = new OpenPanels(memento());
    panels.note(one);
    panels.note(variant);
    panels.forget(one.uri);
    panels.close();
    panels.forget(variant.uri);
    assert.deepEqual(panels.all, [variant]);
  });

  it('guesses nothing where two tabs have one title, or the memory is damaged', () => {
    const store = memento();
    const panels = new OpenPanels(store);
    panels.note(one);
    panels.note({ ...variant, title: one.title });
    assert.equal(panels.withTitle(one.title), undefined);
    void store.update('unroll.openPanels', [{ uri: 5 }]);
    assert.deepEqual(panels.all, []);
  });
});
