import { formatDamagedFindings, maxFindingsBytes, readFindings, type Finding } from '../../diagnosis/finding';
import { reasonOf } from '../../protocol/channel';
import { runFiles } from '../../run/storage/runFiles';
import { runStorage } from '../files/hostFiles.node';
import { english } from '../../text/translate';

/** The findings in a run's folder, and the message if some can't be read, else ''. */
export async function readFindingsIn(
  folder: string,
): Promise<{ readonly findings: readonly Finding[]; readonly damage: string }> {
  try {
    const { findings, damaged } = readFindings(await runStorage(folder).read(runFiles.findings, maxFindingsBytes));
    return { findings, damage: formatDamagedFindings(runFiles.findings, damaged) ?? '' };
  } catch (error) {
    return { findings: [], damage: english`The findings of this run can't be read: ${reasonOf(error)}.` };
  }
}
