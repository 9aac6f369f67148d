# The rows of the table as the net gets them, scaled: `table/inputs` (rows, I), `table/targets` (rows, O) or (rows) of
# classes, `table/counts` (rows), 1 where a row has a target, and the windows, each a start, its steps and its first
# step with a target.
ROWS = {name: tensor for name, tensor in FILE.items() if name.startswith("table/")}


def table_window(windows):
    """Windows of consecutive rows, padded to the longest; what is padded has no loss."""
    steps = int(max(1, windows[:, 1].max()))
    rows = windows[:, 0] + torch.arange(steps).unsqueeze(1)
    is_inside = torch.arange(steps).unsqueeze(1) < windows[:, 1]
    is_predicted = is_inside & (torch.arange(steps).unsqueeze(1) >= windows[:, 2])
    last = len(ROWS["table/inputs"]) - 1
    inputs = numbers(ROWS["table/inputs"][rows.clamp(max=last)].masked_fill(~is_inside.unsqueeze(2), 0))
    target_rows = (rows + HORIZON).clamp(max=last)
    mask = (is_predicted & (ROWS["table/counts"][target_rows] == 1)).to(DEVICE)
    targets = ROWS["table/targets"][target_rows]
    targets = targets.long().to(DEVICE) if targets.dim() == 2 else numbers(targets)
    return Window(inputs, targets, mask, torch.ones(len(windows), dtype=torch.bool, device=DEVICE))


def batches(place):
    """Training windows without end, drawn with replacement. `place` is where the current ones are drawn, and where the
    first ones are if it has it."""
    random = Random(place.get("random", TRAINING_RANDOM))
    windows = ROWS["table/training"].long()
    while True:
        place["random"] = random.state()
        yield table_window(windows[[random.integer(0, len(windows) - 1) for _ in range(BATCH)]])


def held_out():
    """Windows over the held-out rows: each of them is predicted once."""
    windows = ROWS["table/held-out"].long()
    for start in range(0, len(windows), HELD_OUT_BATCH):
        yield table_window(windows[start : start + HELD_OUT_BATCH])
