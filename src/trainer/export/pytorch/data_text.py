def read_text():
    """The text as indices into its characters, sorted by code point."""
    with open(TEXT, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    characters = sorted(set(text))
    if len(characters) != INPUTS or len(text) != CHARACTERS:
        raise SystemExit(f"{TEXT} is not the text that was exported: {len(text)} characters, {CHARACTERS} expected.")
    index = {character: place for place, character in enumerate(characters)}
    indices = [index[character] for character in text]
    held = int(len(indices) * HELD_OUT_SHARE)
    return indices[: len(indices) - held], indices[len(indices) - held :]


TRAINING_TEXT, HELD_OUT_TEXT = read_text()


def text_window(text, starts, steps, ends, reset=None):
    """The characters from each start on, each with the next one as its target, up to the end of each sequence."""
    symbols, targets = table(steps, len(starts), 0), table(steps, len(starts))
    for b, (start, end) in enumerate(zip(starts, ends)):
        for t in range(min(steps, end - start)):
            symbols[t][b] = text[start + t]
            if start + t + 1 < len(text):
                targets[t][b] = text[start + t + 1]
    return symbol_window(symbols, targets, reset)


def batches(place):
    """Training windows without end: at random places, or each continuing where the one before ended. `place` is where the
    current ones are drawn, and where the first ones are if it has it."""
    random = Random(place.get("random", TRAINING_RANDOM))
    last = len(TRAINING_TEXT) - 1
    ends = [len(TRAINING_TEXT)] * BATCH
    positions = place.get("positions")
    while True:
        place["random"], place["positions"] = random.state(), positions
        if not CONTIGUOUS:
            starts = [random.integer(0, last - LENGTH) for _ in range(BATCH)]
            yield text_window(TRAINING_TEXT, starts, LENGTH, ends)
            continue
        starts, reset = [], []
        for b in range(BATCH):
            continues = positions is not None and positions[b] + LENGTH <= last
            starts.append(positions[b] if continues else b * last // BATCH if positions is None else 0)
            reset.append(not continues)
        positions = [start + LENGTH for start in starts]
        yield text_window(TRAINING_TEXT, starts, LENGTH, ends, reset)


def held_out():
    """Windows over the beginning of the held-out part."""
    targets = min(len(HELD_OUT_TEXT) - 1, MOST_VALIDATED)
    if targets < 1:
        return
    sequences = max(1, min(BATCH, targets // LENGTH))
    length = -(-targets // sequences)
    for start in range(0, length, LENGTH):
        starts = [b * length + start for b in range(sequences)]
        ends = [min((b + 1) * length, targets) for b in range(sequences)]
        reset = [not CONTIGUOUS or start == 0] * sequences
        yield text_window(HELD_OUT_TEXT, starts, min(LENGTH, length - start), ends, reset)
