import { defaultKernelSet, runnableKernelSets } from '../../../engine/kernels/open';

/**
 * The help text.
 *
 * @param program how the runner was called: `unroll`, or `npm run train --` in the repository
 */
export function usageOf(program: string): string {
  return `Usage: ${program} COMMAND FILE [options]

  train FILE            train the experiment FILE; also without the word: ${program} FILE
  check FILE            train nothing: find the problems of FILE and its data, and compare the gradient
                        of every parameter with central differences
  test FILE             check the gradients of FILE and of each variant, train those that have the
                        key "expect", and judge what they expect
  resume FILE --out DIR resume the run in DIR from its latest checkpoint
  compare DIR DIR ...   print the table of two or more run folders: how they ended, their losses and
                        the keys in which they differ
  sweep FILE --out DIR  train FILE once for every combination of --set KEY=VALUE,VALUE,... and of
                        --seeds N,N,..., several at once, each in a folder in DIR; print their table.
                        The same command again continues a sweep that was interrupted
  share DIR ... --out FILE.html
                        write the run in DIR, or the comparison of several runs, as one HTML file that
                        any browser opens, also offline
  export FILE           train nothing: write a PyTorch program that trains the experiment as Unroll
                        does, and its tensors beside it: --out NAME.py, or NAME.ipynb for a Jupyter
                        notebook (default: a program beside FILE)
  export DIR --out NAME.onnx
                        write the trained net of the run in DIR as an ONNX model, or with
                        NAME.safetensors as a state_dict of PyTorch; in place of DIR also one of its
                        checkpoints, such as DIR/checkpoints/best.safetensors
  export DIR --out FOLDER --tensorboard
                        write the curves of the run in DIR as an event file for TensorBoard
  import LOG            make a run of a training log of another program: a file of TensorBoard
                        (*tfevents*) or the folder of a run with them, CSV, or a line of JSON per row
  tool NAME JSON        answer one question about the runs below this folder as JSON: unroll_list_runs,
                        unroll_diagnose_run, unroll_explain_update, unroll_compare_runs
  mcp [DIR]             serve these tools, and unroll_train, to a language model over the Model Context
                        Protocol (stdio) for the runs and experiments in DIR

  --variant NAME        train this variant of the file
  --seed N              train this one of its "seeds" (default: all, one after the other)
  --set KEY=VALUE       train with another value of a key, as in a variant: --set model.hidden=32;
                        of a sweep, values separated by commas; may be repeated
  --seeds N[,N...]      seeds of a sweep (default: those of FILE)
  --jobs N              runs of a sweep that train at the same time (default: one per core)
  --most N              combinations that a sweep may have (default: 100)
  --slurm FILE.sh       in place of a sweep: write its PyTorch programs and a SLURM array over them
  --ray FILE.py         in place of a sweep: write its PyTorch programs and a Ray Tune script
  --steps N             parameter updates, in place of training.steps
  --out DIR             folder of the run (default: a new one beside FILE, in unroll-runs);
                        with several seeds the folder of their runs, seed-1, seed-2 and so on
  --runs DIR            folder in which a new run gets a folder of its own, in place of unroll-runs
  --capture N[,N...]    write DIR/step-N.safetensors with all tensors of update N (0 is the first);
                        with share: walk through these updates, besides the notable ones
  --predictions FILE    at the end, write the predictions of the held-out rows of a table as CSV
  --junit FILE          write the judgements of "expect" and the gradient checks as JUnit XML
  --curve ROLE=NAME     with import: the curve NAME of the log is its loss, validationLoss, gradNorm,
                        learningRate or validationAccuracy, or numbers its rows (step); by default
                        names decide
  --json                JSON lines on stdout, one per update, check or compared run; messages on stderr
  --workspace DIR       data files may be anywhere in DIR (default: the folder of FILE)
  --memory MIB          peak memory of the process, the program and the data included; of a sweep, of all
                        runs that train at the same time
                        (default: half of this machine's)
  --kernels NAME        the kernel set that computes (${runnableKernelSets().join(', ')}; default ${defaultKernelSet()})
  --reproducible        the same bits on every machine: the simd kernels, without fused multiply-add
  --workers N           threads that share the batch of a long update (default: automatic);
                        their number changes no result
  -h, --help            print this text
  --version             print the version

In place of a command: --check-gradients is check, --test is test, --resume is resume, and
--pytorch FILE is export.

Exit codes: 0 finished, 1 refused, 2 diverged, 3 failed, 4 not as expected (the key "expect", gradients),
130 interrupted. A problem of an experiment is printed as FILE:LINE:COLUMN: message.`;
}
