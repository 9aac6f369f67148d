import { join, resolve } from 'node:path';
import { openComparison } from './pageComparison';
import { openRun } from './pageRun';
import { servePage } from './pageServer';

// `npm run page -- FOLDER…`: the notebook of a stored run, or the comparison of several, in a plain browser.
const folders = process.argv.slice(2).map((folder) => resolve(process.env['INIT_CWD'] ?? '', folder));
const [folder] = folders;
if (folder === undefined) {
  console.error('Which run? npm run page -- FOLDER…: a run folder with its run.json, or several to compare.');
  process.exit(2);
}
const root = join(import.meta.dirname, '..', '..');
const page = folders.length === 1 ? await openRun(folder, root) : await openComparison(folders, root);
const { url } = await servePage(page, root);
const shown = folders.length === 1 ? `The notebook of ${folder}` : `The comparison of ${folders.length} runs`;
console.log(`${shown}: ${url} (for another theme add ?theme=light or ?theme=high-contrast)`);
