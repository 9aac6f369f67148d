def draw_any(random, length, batch):
    """Sequences of this length, or of a random one in this range."""
    return draw(random, random.integer(*length) if isinstance(length, list) else length, batch)


def batches(place):
    """Training batches without end. `place` is where the current one is drawn, and where the first one is if it has it."""
    random = Random(place.get("random", TRAINING_RANDOM))
    while True:
        place["random"] = random.state()
        yield draw_any(random, LENGTH, BATCH)


def held_out():
    """The held-out batches, the same every time."""
    random = Random(VALIDATION_RANDOM)
    left = HELD_OUT_SEQUENCES
    while left > 0:
        yield draw_any(random, HELD_OUT_LENGTH, min(HELD_OUT_BATCH, left))
        left -= HELD_OUT_BATCH
