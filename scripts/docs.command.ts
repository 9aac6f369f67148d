import { readFileSync, writeFileSync } from 'node:fs';
import { runCommand } from './cleanup';
import { experimentDocument, withKeyTable } from './keyTable';

// `npm run docs`: updates the generated parts of the documents.
await runCommand(async () => {
  const document = await withKeyTable(readFileSync(experimentDocument, 'utf8'));
  writeFileSync(experimentDocument, document);
  return 0;
});
