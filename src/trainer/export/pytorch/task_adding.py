def draw(random, steps, batch):
    """Adding problem: two numbers of each sequence are marked, one in each half; the last target is their sum."""
    inputs, targets = table(steps, batch), table(steps, batch)
    half = steps // 2
    for b in range(batch):
        values = [random.uniform() for _ in range(steps)]
        marked = [random.integer(0, half - 1), random.integer(half, steps - 1)]
        for t in range(steps):
            inputs[t][b] = [values[t], 1.0 if t in marked else 0.0]
        targets[steps - 1][b] = [values[marked[0]] + values[marked[1]]]
    return value_window(inputs, targets)
