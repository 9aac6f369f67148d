import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runCommand } from './cleanup';
import { releaseProblems, type ReleaseManifest } from './releaseProblems';

// `npm run release:check [-- --tag vX.Y.Z] [--publisher ID]`: what is missing for a release; exits with 1 if anything is.
await runCommand(() => {
  const { tag, publisher } = parseArgs({
    options: { tag: { type: 'string' }, publisher: { type: 'string' } },
  }).values;
  const problems = releaseProblems({
    manifest: JSON.parse(readFileSync('package.json', 'utf8')) as ReleaseManifest,
    changelog: readFileSync('CHANGELOG.md', 'utf8'),
    tag,
    publisher,
  });
  for (const problem of problems) console.log(`Missing: ${problem}`);
  if (problems.length === 0) console.log('Nothing is missing for a release.');
  return Promise.resolve(problems.length === 0 ? 0 : 1);
});
