import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../../protocol/channel';
import { curveRoles } from '../../protocol/trainingLog';
import { defaultRunsFolder, newRunFolder } from '../../run/storage/runFolder';
import { formatCount } from '../../text/numbers';
import { quote } from '../../text/quoting';
import { importLog, logName } from '../logs/trainingLogs.node';
import { printerTo, type HeadlessEnd } from './closingMessages';
import type { ImportedLogs } from './commandLine/readingCommandLine.node';

/** Makes a run of a log, and says which of its curves is what. With `json` that is a line of JSON on stdout. */
export async function importHeadless(
  { path, out, mapping, stepColumn, json }: ImportedLogs,
  stdout: NodeJS.WritableStream,
  stderr: NodeJS.WritableStream,
): Promise<HeadlessEnd> {
  const print = printerTo(stderr);
  const name = logName(path);
  const folder = out ?? newRunFolder(name, undefined, new Date(), join(dirname(path), defaultRunsFolder));
  try {
    const imported = await importLog({ path, folder, name, mapping, stepColumn });
    for (const notice of imported.notices) print(notice);
    for (const role of curveRoles) {
      const curve = imported.mapping[role];
      if (curve !== undefined) print(`${role}: ${quote(curve)}`);
    }
    if (imported.leftOut.length > 0) print(`Left out: ${imported.leftOut.map(quote).join(', ')}.`);
    if (json) stdout.write(`${JSON.stringify({ folder, ...imported })}\n`);
    print(`${folder} has ${formatCount(imported.updates, 'update')} of ${basename(path)}.`);
    return 'finished';
  } catch (error) {
    print(`${path} was not imported: ${reasonOf(error)}`);
    return 'refused';
  }
}
