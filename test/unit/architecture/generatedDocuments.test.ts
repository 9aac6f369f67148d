import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { experimentDocument, withKeyTable } from '../../../scripts/keyTable';
import { courseDocument, courseText, withQuantities, writingDocument } from '../../../scripts/lessonDocuments';
import { extensionBundles, noticesFile, noticesOf, runnerBundles } from '../../../scripts/notices';

describe('The document of the experiment file', () => {
  const document = readFileSync(experimentDocument, 'utf8');

  it('has the keys that the schema has: `npm run docs` writes them', async () => {
    assert.equal(document, await withKeyTable(document));
  });

  it('has a row for a key of every section', () => {
    for (const key of ['seed', 'data.length', 'model.hidden', 'optimizer.learningRate', 'training.steps', 'variants']) {
      assert.ok(document.includes(`| \`${key}\` `), key);
    }
  });
});

describe('The documents of the lessons', () => {
  it('have the lessons of the course and the quantities that there are: `npm run docs` writes them', async () => {
    assert.equal(readFileSync(courseDocument, 'utf8'), await courseText());
    const document = readFileSync(writingDocument, 'utf8');
    assert.equal(document, await withQuantities(document));
  });
});

describe('The third-party notices', () => {
  it('are those of the packages in the bundles: `npm run docs` writes them', () => {
    assert.equal(readFileSync(noticesFile, 'utf8'), noticesOf(extensionBundles));
  });

  it('name what a bundle has without importing it, and licenses of packages without a license file', () => {
    const notices = readFileSync(noticesFile, 'utf8');
    for (const name of ['assemblyscript', 'Codicons', 'zod', '@microsoft/fast-element', 'apache-arrow']) {
      assert.match(notices, new RegExp(`^${name}.* \\(\\S+\\)$`, 'm'));
    }
    assert.doesNotMatch(notices, /^(?:esbuild|mocha|typescript) /m);
  });

  it('of the terminal runner are those of its page, too, which it writes into HTML files', () => {
    const notices = noticesOf(runnerBundles);
    for (const name of ['cli-progress', 'Codicons,', 'chart\\.js', 'lit-html']) {
      assert.match(notices, new RegExp(`^${name} `, 'm'));
    }
  });
});
