import { createInterface } from 'node:readline';
import { lockFolder, type FolderLock } from '../../../src/run/storage/folderLock.node';

// Locks the given folder at every `take`, and reports whether it succeeded; releases it at every `release`.
const [folder = ''] = process.argv.slice(2);
let lock: FolderLock | undefined;
console.log('ready');
for await (const word of createInterface({ input: process.stdin })) {
  if (word === 'take') lock = await lockFolder(folder).catch(() => undefined);
  else await lock?.release();
  console.log(lock === undefined ? 'refused' : word === 'take' ? 'taken' : 'released');
  if (word === 'release') lock = undefined;
}
