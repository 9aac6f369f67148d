import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import * as vscode from 'vscode';
import { copyLink, ExperimentLinks, type OpenParts } from '../../src/export/experimentLinks';
import type { StoredRun } from '../../src/session/stored/storedRun';
import { writeLinkQuery } from '../../src/share/experimentLink';
import { ExperimentFile } from './experimentFile';

const experiment = {
  name: 'Linked [x](command:workbench.action.quit)\u202e\nsecond line',
  data: { task: 'adding', length: 4 },
  model: { cell: 'rnn', hidden: 3 },
  training: { steps: 5, batch: 2 },
  variants: { gated: { model: { cell: 'gru' } } },
};

/** What opening a link has done, beside the answers that a person would give. */
class Opened {
  readonly asked: { readonly message: string; readonly detail: string; readonly action: string }[] = [];
  readonly done: unknown[] = [];
  runs: readonly StoredRun[] = [];

  constructor(readonly agrees: boolean) {}

  get parts(): OpenParts {
    return {
      confirm: (message, detail, action) => {
        this.asked.push({ message, detail, action });
        return Promise.resolve(this.agrees);
      },
      save: (fileName, text) => {
        this.done.push(['save', fileName, text]);
        return Promise.resolve(vscode.Uri.file(`/somewhere/${fileName}`));
      },
      runs: () => Promise.resolve(this.runs),
      showExperiment: ({ uri, variant }, view, place) => {
        this.done.push(['experiment', uri.path, variant, view, place]);
        return Promise.resolve();
      },
      showRun: ({ folder }, view, place) => {
        this.done.push(['run', folder.path, view, place]);
        return Promise.resolve();
      },
    };
  }

  async open(query: string, path = '/open'): Promise<void> {
    // Not awaited for longer than it takes to ask: an error message waits for the person.
    await new ExperimentLinks(this.parts).handleUri(
      vscode.Uri.from({ scheme: 'vscode', authority: 'a.b', path, query }),
    );
  }
}

const query = (text: unknown, more: object = {}): string =>
  `v=1&e=${deflateRawSync(JSON.stringify({ text: typeof text === 'string' ? text : JSON.stringify(text), ...more })).toString('base64url')}`;

describe('A link to an experiment, as VS Code hands it over', () => {
  const view = { selection: { update: 3, t: 1 }, sequence: 1 };

  it('opens nothing before the person agrees, who is told what it is', async () => {
    const opened = new Opened(false);
    await opened.open(query(experiment, { variant: 'gated', view }));
    assert.deepEqual(opened.done, []);
    const [asked] = opened.asked;
    assert.match(asked?.message ?? '', /^Open the experiment “Linked .*” \(gated\) from a link\?$/);
    assert.doesNotMatch(asked?.message ?? '', /\u202e|\n/);
    assert.match(asked?.detail ?? '', /does not say who made it.* has \d+ characters\. It leads to update 3\./);
    assert.equal(asked?.action, 'Save and Open…');
  });

  it('is saved where the person chooses, and shown at its place once it is trained', async () => {
    const opened = new Opened(true);
    await opened.open(query(experiment, { variant: 'gated', view }));
    const [save, shown] = opened.done as [readonly string[], readonly unknown[]];
    // A name from a link is never a path.
    assert.match(save[1] ?? '', /^[\p{L}\p{N}-]{1,60}\.rnn\.json$/u);
    assert.deepEqual(JSON.parse(save[2] ?? ''), experiment);
    assert.deepEqual(shown, [
      'experiment',
      `/somewhere/${save[1]}`,
      'gated',
      view,
      { update: 3, step: 1, sequence: 1 },
    ]);
  });

  it('shows a run of the same experiment that has come so far, and writes nothing', async () => {
    const file = await ExperimentFile.open(JSON.stringify({ ...experiment, variants: {}, name: 'same' }));
    file.train();
    await file.lens(/finished/);
    const [folder] = await vscode.workspace.fs.readDirectory(vscode.Uri.file(`${file.folder}/unroll-runs`));
    const { readStoredRun } = await import('../../src/session/stored/storedRun');
    const run = await readStoredRun(vscode.Uri.file(`${file.folder}/unroll-runs/${folder?.[0] ?? ''}`));
    assert.ok(run);
    const opened = new Opened(true);
    opened.runs = [run];
    await opened.open(query({ ...experiment, name: 'other name' }, { view }));
    assert.deepEqual(opened.done, [['run', run.folder.path, view, { update: 3, step: 1, sequence: 1 }]]);
    assert.equal(opened.asked[0]?.action, 'Open Run');
    const later = new Opened(true);
    later.runs = [run];
    await later.open(query(experiment, { view: { selection: { update: 50 } } }));
    assert.equal((later.done[0] as readonly unknown[])[0], 'save');
  });

  it('is refused without a question where it is damaged, no experiment, or names files', async () => {
    const bomb = query(' '.repeat(2_000_000));
    const hostile: readonly (readonly [string, string?])[] = [
      [''],
      ['v=1&e=AAAA'],
      [bomb],
      [query(experiment), '/run'],
      [query('{')],
      [query({ ...experiment, model: { cell: 'rnn', hidden: 1e9 } })],
      [query(experiment, { variant: 'unknown' })],
      [query({ ...experiment, data: { text: '../../../etc/passwd' } })],
      [query({ ...experiment, data: { csv: 'https://example.com/x.csv', inputs: ['a'], targets: ['a'] } })],
      [query({ ...experiment, variants: { sly: { data: { task: null, length: null, text: '/etc/passwd' } } } })],
      [query({ ...experiment, model: { cell: 'rnn', hidden: 3, weights: '/etc/passwd' } })],
    ];
    for (const [one, path] of hostile) {
      const opened = new Opened(true);
      void opened.open(one, path);
      await new Promise((resolve) => setTimeout(resolve, 150));
      assert.deepEqual([opened.asked, opened.done], [[], []], one.slice(0, 60));
    }
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});

describe('Copy Link', () => {
  const parts = { extensionId: 'a.b', viewOf: () => ({ selection: { update: 2 }, prompt: 'x' }) };

  it('copies the text of the experiment and where its panel looks', async () => {
    const file = await ExperimentFile.open(JSON.stringify(experiment));
    const target = { uri: file.document.uri, variant: 'gated' };
    await vscode.env.clipboard.writeText('');
    void copyLink({ kind: 'experiment', target }, parts);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const expected = await writeLinkQuery({
      text: file.document.getText(),
      variant: 'gated',
      view: { selection: { update: 2 } },
    });
    assert.equal(await vscode.env.clipboard.readText(), `${vscode.env.uriScheme}://a.b/open?${expected}`);
  });

  it('copies none of an experiment that reads a file, or that has a problem', async () => {
    for (const data of [{ text: 'a.txt' }, { task: 'unknown' }]) {
      const file = await ExperimentFile.open(JSON.stringify({ ...experiment, variants: {}, data }), { 'a.txt': 'abc' });
      await vscode.env.clipboard.writeText('before');
      void copyLink({ kind: 'experiment', target: { uri: file.document.uri, variant: undefined } }, parts);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.equal(await vscode.env.clipboard.readText(), 'before');
    }
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});
