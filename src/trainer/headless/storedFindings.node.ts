import { formatDamagedFindings, maxFindingsBytes, readFindings, type Finding } from '../../diagnosis/finding';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { runFiles } from '../../run/storage/runFiles';
import { diagnoseRecorded } from '../storage/measureRun';
import type { FoundRun } from './comparing.node';

/**
 * What the rules found in a stored run; of a run that another program recorded they are applied now.
 *
 * @returns the findings, and the message if some can't be read, else ''
 * @throws when the file of findings, or the records of a recorded run, can't be read
 */
export async function storedFindings({
  folder,
  manifest: { facts },
}: FoundRun): Promise<{ readonly findings: readonly Finding[]; readonly damage: string }> {
  const storage = new FolderStorage(folder);
  if (facts.recordedBy !== undefined) return { findings: await diagnoseRecorded(storage, facts), damage: '' };
  const { findings, damaged } = readFindings(await storage.read(runFiles.findings, maxFindingsBytes));
  return { findings, damage: formatDamagedFindings(runFiles.findings, damaged) ?? '' };
}
