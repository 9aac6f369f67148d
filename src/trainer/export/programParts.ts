/** The parts of a program in their order. */
export interface ProgramParts {
  readonly constants: string;
  readonly tensors: string;
  readonly data: readonly string[];
  readonly loss: string;
  readonly net: readonly string[];
  readonly loop: string;
}

/** The modules that every program imports. */
export const imports = `import argparse
import json
import math
import os
import struct

import torch`;

/** The options of a script. */
export const options = `ARGUMENTS = argparse.ArgumentParser()
ARGUMENTS.add_argument("--steps", type=int, help="number of updates")
ARGUMENTS.add_argument("--float32", action="store_true", help="single precision, which is faster")
ARGUMENTS.add_argument("--device", default="cpu", help="such as cuda")
ARGUMENTS.add_argument("--json", action="store_true", help="one JSON line per update")`;

/** What the options decide. */
export const surroundings = `DTYPE = torch.float32 if OPTIONS.float32 else torch.float64
DEVICE = torch.device(OPTIONS.device)`;
