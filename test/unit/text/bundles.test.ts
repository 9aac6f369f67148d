import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { englishBundle, englishTexts, textKeys, textsIn } from '../../../scripts/texts';

type Texts = Readonly<Record<string, string>>;

const languages = readdirSync('l10n').flatMap((name) => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.slice(1) ?? []);
const manifestTexts = (suffix: string): Texts => JSON.parse(readFileSync(`package.nls${suffix}.json`, 'utf8')) as Texts;

/** Texts of the manifest, whose keys are names, by the English ones. */
function translationsOf(translated: Texts): Texts {
  return Object.fromEntries(Object.entries(manifestTexts('')).map(([name, text]) => [text, translated[name] ?? '']));
}

/** Parts of a text that are the same in every language: placeholders, code, links and what is in braces. */
function fixedParts(text: string): readonly string[] {
  return (text.match(/\{\d\}|`[^`]+`|\]\([^)]+\)|"[a-z]\w*"|\w+\.json|unroll\.\w+/g) ?? []).sort();
}

describe('Bundles of texts', () => {
  it('begin with the English ones of the source (npm run docs)', () => {
    assert.equal(readFileSync(englishBundle, 'utf8'), englishTexts());
  });

  it('have at most ten values in a text, so that a placeholder is one digit', () => {
    assert.deepEqual(
      textKeys().filter((key) => /\{\d\d/.test(key)),
      [],
    );
  });

  it('are there for Simplified Chinese', () => {
    assert.deepEqual(languages, ['zh-cn']);
  });

  for (const language of languages) {
    it(`have every text in ${language}, and no other`, () => {
      assert.deepEqual(Object.keys(textsIn(language)).sort(), [...textKeys()].sort());
      assert.deepEqual(Object.keys(manifestTexts(`.${language}`)), Object.keys(manifestTexts('')));
    });

    it(`keep placeholders, code and links in ${language}`, () => {
      const translations = { ...textsIn(language), ...translationsOf(manifestTexts(`.${language}`)) };
      const pairs = Object.entries(translations);
      const changed = pairs.filter(
        ([text, translation]) => String(fixedParts(text)) !== String(fixedParts(translation)),
      );
      assert.deepEqual(changed, []);
    });
  }

  it('have no English text in Chinese but names and formulas', () => {
    const untranslated = Object.entries(textsIn('zh-cn'))
      .filter(([key, text]) => !/\p{Script=Han}/u.test(text) && /[a-z]{4}/i.test(key))
      .map(([key]) => key);
    assert.deepEqual(untranslated, ['BPTT', 'Unroll: {0}, {1}', 'ŷ_{0}: {1} with p = {2}']);
  });
});
