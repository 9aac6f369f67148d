// `npm run` changes to the repository's folder, but the user's paths are relative to the folder it was called from.
import { existsSync } from 'node:fs';

const runner = new URL('../dist/cli.mjs', import.meta.url);
if (!existsSync(runner)) {
  console.error('dist/cli.mjs is not built yet: run `npm ci && npm run build`, then try again.');
  process.exit(3);
}
process.chdir(process.env['INIT_CWD'] ?? process.cwd());
await import(runner.href);
