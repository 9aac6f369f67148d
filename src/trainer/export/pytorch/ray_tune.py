"""Trains the sweep of "@TITLE@" with Ray Tune: each trial runs one of its PyTorch programs.

    python3 THIS_FILE                      all of them, by Ray Tune 2.43 or later: pip install "ray[tune]"
    python3 THIS_FILE --one NAME           one of them, here and without Ray
    python3 THIS_FILE --gpus 1 -- --device cuda

What follows -- is passed to the programs. Each trial continues from its checkpoint, where there is one.
"""

import argparse
import json
import os
import subprocess
import sys

FOLDER = @FOLDER@
# The values of each program, as JSON or text.
PROGRAMS = @PROGRAMS@


def train(config, report):
    """Runs the program config["program"]; calls report() with what each update came to. Raises where it fails."""
    name = config["program"]
    command = [sys.executable, os.path.join(FOLDER, "programs", name + ".py"), "--json"]
    command += ["--records", os.path.join(FOLDER, "runs", name)]
    command += ["--checkpoint", os.path.join(FOLDER, "checkpoints", name + ".pt"), "--resume"]
    with subprocess.Popen(command + config["options"], cwd=FOLDER, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout:
                report(json.loads(line))
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        raise RuntimeError(f"{name} ended with the exit code {process.returncode}; what it said is above.")


def trainable(config):
    from ray import tune

    def report(update):
        tune.report({**PROGRAMS[config["program"]], **update})

    train(config, report)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", choices=list(PROGRAMS), metavar="NAME", help="train this program here, without Ray")
    parser.add_argument("--cpus", type=float, default=1, help="CPUs of a trial")
    parser.add_argument("--gpus", type=float, default=0, help="GPUs of a trial")
    parser.add_argument("options", nargs="*", help="options of the programs, after --")
    chosen = parser.parse_args()
    if chosen.one is not None:
        train({"program": chosen.one, "options": chosen.options}, lambda update: print(json.dumps(update), flush=True))
        return
    from ray import tune

    resources = {"cpu": chosen.cpus, "gpu": chosen.gpus}
    space = {"program": tune.grid_search(list(PROGRAMS)), "options": chosen.options}
    results = tune.Tuner(tune.with_resources(trainable, resources), param_space=space).fit()
    for result in results:
        state = f"failed: {result.error}" if result.error else f"loss {result.metrics.get('loss')}"
        print(f"{result.config['program']}: {state}")
    if results.errors:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
