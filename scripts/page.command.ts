import { join } from 'node:path';
import { openRun } from './pageRun';
import { servePage } from './pageServer';

// `npm run page -- FOLDER`: the notebook of a stored run in a plain browser, without VS Code.
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Which run? npm run page -- FOLDER, a run folder with its run.json.');
  process.exit(2);
}
const root = join(import.meta.dirname, '..', '..');
const run = await openRun(join(process.env['INIT_CWD'] ?? '', folder), root);
const { url } = await servePage(run, root);
console.log(`The notebook of ${folder}: ${url} (for another theme add ?theme=light or ?theme=high-contrast)`);
