def draw(random, steps, batch):
    """Noisy sine with a random phase: the target is the next value."""
    inputs, targets = table(steps, batch), table(steps, batch)
    turn = 2 * math.pi / PERIOD
    for b in range(batch):
        phase = 2 * math.pi * random.uniform()
        values = [math.sin(turn * k + phase) + NOISE * random.normal() for k in range(steps + 1)]
        for t in range(steps):
            inputs[t][b] = [values[t]]
            targets[t][b] = [values[t + 1]]
    return value_window(inputs, targets)
