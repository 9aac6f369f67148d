import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { citationFile, citationOf } from '../../../scripts/citation';
import { releaseProblems, type Release, type ReleaseManifest } from '../../../scripts/releaseProblems';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as ReleaseManifest;

/** With addresses as they could be, of the domain for examples. */
const decided: ReleaseManifest = {
  ...manifest,
  version: '1.2.3',
  publisher: 'somebody',
  author: { name: 'Somebody' },
  repository: { type: 'git', url: 'https://example.org/somebody/unroll.git' },
  bugs: { url: 'https://example.org/somebody/unroll/issues' },
  homepage: 'https://example.org/unroll',
};

const complete: Release = {
  manifest: decided,
  changelog: '# Changelog\n\n## [1.2.3] - 2026-01-31\n\n### Added\n',
  tag: 'v1.2.3',
  publisher: 'somebody',
};

describe('The check of a release', () => {
  it('finds nothing where everything is decided', () => {
    assert.deepEqual(releaseProblems(complete), []);
    assert.deepEqual(releaseProblems({ ...complete, tag: undefined, publisher: undefined }), []);
  });

  it('names every key that only the owner can decide, and a wrong address', () => {
    const { version, license, keywords } = decided;
    const bare = { version, license, keywords, publisher: 'unroll' };
    const problems = releaseProblems({ ...complete, manifest: bare, publisher: undefined });
    assert.deepEqual(
      problems.map((problem) => /^(?:package\.json has no (\w+)|The (\w+))/.exec(problem)?.slice(1).join('')),
      ['publisher', 'author', 'repository', 'bugs', 'homepage'],
    );
    const wrong = { ...decided, homepage: 'http://example.org' };
    assert.match(releaseProblems({ ...complete, manifest: wrong }).join(), /^package\.json has no homepage/);
  });

  it('takes the name used in development where the owner confirms it, and refuses another one', () => {
    const own = { ...decided, publisher: 'unroll' };
    assert.deepEqual(releaseProblems({ ...complete, manifest: own, publisher: 'unroll' }), []);
    assert.match(
      releaseProblems({ ...complete, publisher: 'unroll' }).join(),
      /"somebody", and "unroll" was registered/,
    );
  });

  it('compares the version with the tag and the change log', () => {
    assert.match(releaseProblems({ ...complete, tag: 'v1.2.4' }).join(), /^The tag is v1\.2\.4/);
    const unreleased = { ...complete, changelog: '# Changelog\n\n## [Unreleased]\n' };
    assert.match(releaseProblems(unreleased).join(), /^CHANGELOG\.md has no section "## \[1\.2\.3\] - YYYY-MM-DD"/);
  });
});

describe('CITATION.cff', () => {
  it('says what package.json says: `npm run docs` writes it', () => {
    assert.equal(readFileSync(citationFile, 'utf8'), citationOf(manifest));
  });

  it('has author and repository once they are decided', () => {
    const text = citationOf(decided);
    assert.match(text, /^ {2}- name: 'Somebody'$/m);
    assert.match(text, /^repository-code: 'https:\/\/example\.org\/somebody\/unroll\.git'$/m);
  });
});

describe('CHANGELOG.md', () => {
  it('has the form of Keep a Changelog', () => {
    const changelog = readFileSync('CHANGELOG.md', 'utf8');
    const headings = changelog.split('\n').filter((line) => line.startsWith('#'));
    assert.equal(headings[0], '# Changelog');
    const wrong = headings
      .slice(1)
      .filter(
        (line) =>
          !/^## \[(?:Unreleased\]|\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2})$/.test(line) &&
          !/^### (?:Added|Changed|Deprecated|Removed|Fixed|Security)$/.test(line),
      );
    assert.deepEqual(wrong, []);
    assert.ok(headings.includes('### Added'));
  });
});

describe('The metadata for marketplaces', () => {
  it('has what a page in a marketplace shows, and no address that nobody has decided', () => {
    const { pricing, preview, qna, galleryBanner, categories, keywords, icon } = JSON.parse(
      readFileSync('package.json', 'utf8'),
    ) as {
      readonly pricing: string;
      readonly preview: boolean;
      readonly qna: string;
      readonly galleryBanner: { readonly color: string; readonly theme: string };
      readonly categories: readonly string[];
      readonly keywords: readonly string[];
      readonly icon: string;
    };
    assert.equal(pricing, 'Free');
    assert.equal(typeof preview, 'boolean');
    assert.equal(qna, 'marketplace');
    assert.match(galleryBanner.color, /^#[\da-f]{6}$/i);
    assert.equal(galleryBanner.theme, 'dark');
    assert.ok(categories.includes('Machine Learning') && categories.includes('Education'));
    assert.ok(keywords.length <= 30 && new Set(keywords).size === keywords.length);
    // A PNG file of at least 128 × 128 pixels.
    const file = readFileSync(icon);
    assert.ok(file.readUInt32BE(16) >= 128 && file.readUInt32BE(20) >= 128);
  });
});
