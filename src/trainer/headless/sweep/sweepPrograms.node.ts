import { chmod, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { plainName } from '../../../run/displayName';
import { formatCount } from '../../../text/numbers';
import { fill, plainTitle, python } from '../../export/python';
import ray from '../../export/pytorch/ray_tune.py';
import type { HeadlessEnd, Print } from '../closingMessages';
import type { Sweep } from '../commandLine/sweepCommandLine.node';
import { writeNew, writeProgram } from '../exporting.node';
import { fileErrorReason } from '../fileErrorReason';
import { StartError } from '../startError';
import type { SweptRun } from './sweptRun';

/** The folder of the programs in that of a sweep. */
const programsFolder = 'programs';

/**
 * Writes the PyTorch program of every run of a sweep, and the script that trains them: an array of SLURM, or a program for
 * Ray Tune. Their runs are in `runs` of the sweep's folder, and their checkpoints in `checkpoints`.
 *
 * @throws StartError where a file exists or can't be written
 */
export async function exportSweep(
  { out, commandLine }: Sweep,
  { kind, file }: { readonly kind: 'slurm' | 'ray'; readonly file: string },
  runs: readonly SweptRun[],
  { stdout, stderr }: { readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WriteStream },
  print: Print,
): Promise<HeadlessEnd> {
  for (const folder of [programsFolder, 'checkpoints']) {
    await mkdir(join(out, folder), { recursive: true }).catch((error: unknown) => {
      throw new StartError(`The folder ${out} can't be used: ${fileErrorReason(error)}. Choose another --out.`);
    });
  }
  for (const run of runs) {
    const { name } = run.combination;
    await writeProgram(run.commandLine, join(out, programsFolder, `${name}.py`), stderr, name);
  }
  const title = plainName(titleOf(commandLine.file));
  await writeNew(file, kind === 'slurm' ? slurmScript(title, out, runs) : rayScript(title, out, runs));
  if (kind === 'slurm') await chmod(file, 0o755);
  if (commandLine.json) {
    stdout.write(`${JSON.stringify({ script: file, programs: runs.map(({ combination }) => combination.name) })}\n`);
  }
  print(
    `${file} trains ${formatCount(runs.length, 'program')} of ${join(out, programsFolder)}: ${kind === 'slurm' ? `sbatch ${basename(file)}` : `python3 ${basename(file)}`}. Their runs appear in ${join(out, 'runs')}.`,
  );
  return 'finished';
}

function titleOf(file: string): string {
  return basename(file).replace(/(?:\.rnn)?\.json$/i, '');
}

/** A text as one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What names a job: no blank or sign that an option could be read from. */
function jobName(title: string): string {
  return title.replace(/[^\w.-]+/g, '-').replace(/^-+/, '') || 'sweep';
}

function slurmScript(title: string, out: string, runs: readonly SweptRun[]): string {
  return `#!/bin/bash
#SBATCH --job-name=${jobName(title)}
#SBATCH --array=0-${runs.length - 1}
#SBATCH --ntasks=1
#SBATCH --requeue
# Trains one program of a sweep per task; add what your cluster needs, such as --partition, --time and --gres=gpu:1.
# A task that is requeued continues from its checkpoint. PYTHON names the interpreter, which has PyTorch; options of
# the programs, such as --device cuda, can be given after the script.
set -euo pipefail
cd ${quoted(out)}
programs=(
${runs.map(({ combination: { name } }) => `  ${quoted(name)}`).join('\n')}
)
name="\${programs[\${SLURM_ARRAY_TASK_ID:?"This is a task of an array: start it by sbatch."}]}"
exec "\${PYTHON:-python3}" "${programsFolder}/$name.py" \\
  --records "runs/$name" --checkpoint "checkpoints/$name.pt" --resume "$@"
`;
}

function rayScript(title: string, out: string, runs: readonly SweptRun[]): string {
  const programs = runs.map(({ combination: { name, values, seed } }) => {
    const all = [...values, ...(seed === undefined ? [] : [['seed', seed] as const])];
    const texts = all.map(
      ([key, value]) => `${python(key)}: ${python(typeof value === 'string' ? value : JSON.stringify(value))}`,
    );
    return `    ${python(name)}: {${texts.join(', ')}},`;
  });
  return fill(ray, { TITLE: plainTitle(title), FOLDER: python(out), PROGRAMS: `{\n${programs.join('\n')}\n}` });
}
