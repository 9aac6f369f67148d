import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import * as z from 'zod';
import { OpenPanels, type PanelKind } from '../../src/panel/openPanels';

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

interface Shown {
  readonly uri: string;
  readonly variant?: string | undefined;
}

const kind: PanelKind<Shown> = {
  viewType: 'unroll.nothing',
  storeKey: 'panels',
  schema: z.object({ uri: z.string(), variant: z.string().optional() }),
  keyOf: ({ uri }) => uri,
};

const one = { shown: { uri: 'file:///one.rnn.json' }, title: 'Unroll: one' };
const variant = { shown: { uri: 'file:///two.rnn.json', variant: 'gated' }, title: 'Unroll: two' };

describe('The memory of open panels', () => {
  it('knows what a tab showed whose webview has left nothing, or something older', () => {
    const store = memento();
    const before = new OpenPanels(store, kind);
    before.note(one);
    before.note({ ...variant, shown: { ...variant.shown, variant: 'plain' } });
    before.note(variant);
    const after = new OpenPanels(store, kind);
    assert.deepEqual(after.shownBy('Unroll: two', undefined), variant.shown);
    assert.deepEqual(after.shownBy('Unroll', { uri: variant.shown.uri, variant: 'plain' }), variant.shown);
    assert.deepEqual(after.shownBy('Unroll', { uri: 'file:///three' }), { uri: 'file:///three' });
    assert.equal(after.shownBy('Unroll: three', { uri: 5 }), undefined);
    assert.deepEqual(after.missing, [one, variant], 'no tab has come back');
  });

  it('forgets a panel that was closed by hand, and none that ends with its window', () => {
    const panels = new OpenPanels(memento(), kind);
    panels.note(one);
    panels.note(variant);
    panels.forget(one.shown.uri);
    panels.close();
    panels.forget(variant.shown.uri);
    assert.deepEqual(panels.all, [variant]);
  });

  it('guesses nothing where two tabs have one title, or the memory is damaged', () => {
    const store = memento();
    const panels = new OpenPanels(store, kind);
    panels.note(one);
    panels.note({ ...variant, title: one.title });
    assert.equal(panels.shownBy(one.title, undefined), undefined);
    void store.update('panels', [{ shown: 5 }]);
    assert.deepEqual(panels.all, []);
  });
});
