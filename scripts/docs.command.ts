import { readFileSync, writeFileSync } from 'node:fs';
import { runCommand } from './cleanup';
import { experimentDocument, withKeyTable } from './keyTable';
import { citationFile, citationOf } from './citation';
import { englishBundle, englishTexts } from './texts';
import type { ReleaseManifest } from './releaseProblems';
import { extensionBundles, noticesFile, noticesOf } from './notices';
import { courseDocument, courseText, withQuantities, writingDocument } from './lessonDocuments';

// `npm run docs`: updates the generated parts of the documents.
await runCommand(async () => {
  const document = await withKeyTable(readFileSync(experimentDocument, 'utf8'));
  writeFileSync(experimentDocument, document);
  writeFileSync(courseDocument, await courseText());
  writeFileSync(writingDocument, await withQuantities(readFileSync(writingDocument, 'utf8')));
  writeFileSync(englishBundle, englishTexts());
  writeFileSync(noticesFile, noticesOf(extensionBundles));
  writeFileSync(citationFile, citationOf(JSON.parse(readFileSync('package.json', 'utf8')) as ReleaseManifest));
  return 0;
});
