"""Prints what TensorBoard's own reader finds in the event files of folders, as JSON: for each folder the scalars and the
histograms (their sums of squares) by tag, each a list of [step, value]. Needs the Python package tensorboard.

python3 tensorboard_values.py FOLDER...
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

KINDS = ("scalars", "tensors", "histograms", "compressedHistograms", "images", "audio")


def values(folder):
    found = EventAccumulator(folder, size_guidance={kind: 0 for kind in KINDS})
    found.Reload()
    tags = found.Tags()
    scalars = {tag: [[one.step, one.value] for one in found.Scalars(tag)] for tag in tags["scalars"]}
    for tag in tags["tensors"]:
        if found.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            scalars[tag] = [[one.step, float(make_ndarray(one.tensor_proto).item())] for one in found.Tensors(tag)]
    squares = {
        tag: [[one.step, one.histogram_value.sum_squares] for one in found.Histograms(tag)] for tag in tags["histograms"]
    }
    return {"scalars": scalars, "squares": squares}


print(json.dumps({folder: values(folder) for folder in sys.argv[1:]}))
