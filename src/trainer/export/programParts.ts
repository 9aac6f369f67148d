/** The parts of a program in their order. */
export interface ProgramParts {
  readonly constants: string;
  readonly tensors: string;
  readonly data: readonly string[];
  readonly loss: string;
  readonly net: readonly string[];
  readonly loop: string;
  /** The function `train`. */
  readonly main: readonly string[];
}

/** The modules that a notebook imports. */
export const imports = `import argparse
import json
import math
import os
import struct

import torch`;

/** The modules that a script imports. */
export const scriptImports = `import argparse
import contextlib
import datetime
import hashlib
import importlib.util
import io
import json
import math
import os
import struct
import sys

import torch`;

/** The options of a script. */
export const options = `ARGUMENTS = argparse.ArgumentParser()
ARGUMENTS.add_argument("--steps", type=int, help="number of updates")
ARGUMENTS.add_argument("--float32", action="store_true", help="single precision, which is faster")
ARGUMENTS.add_argument("--device", default="cpu", help="such as cuda")
ARGUMENTS.add_argument("--json", action="store_true", help="one JSON line per update")
ARGUMENTS.add_argument("--records", metavar="DIR", help="record the run in this new folder, for Unroll's panel")
ARGUMENTS.add_argument("--checkpoint", metavar="FILE", help="keep the state of the training in this file")
ARGUMENTS.add_argument("--checkpoint-every", type=int, default=500, metavar="N", help="updates between two of them")
ARGUMENTS.add_argument("--resume", action="store_true", help="continue from the checkpoint, if there is one")
ARGUMENTS.add_argument("--timeout", type=float, default=1800, metavar="S", help="seconds that processes wait for another")`;

/** Reads them, and what torchrun says. */
export const readOptions = `OPTIONS = ARGUMENTS.parse_args()
if OPTIONS.resume and OPTIONS.checkpoint is None:
    ARGUMENTS.error("--resume needs --checkpoint FILE")
if OPTIONS.checkpoint_every < 1:
    ARGUMENTS.error("--checkpoint-every takes a number of at least 1")
# Under torchrun each process computes some of the sequences of every batch; alone, one computes them all.
RANK, PROCESSES = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
if OPTIONS.device == "cuda" and PROCESSES > 1:
    OPTIONS.device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"`;

/** What the options decide. */
export const surroundings = `DTYPE = torch.float32 if OPTIONS.float32 else torch.float64
DEVICE = torch.device(OPTIONS.device)`;
