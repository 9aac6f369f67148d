def draw(random, steps, batch):
    """Delay: the target is the input LAG steps earlier."""
    inputs, targets = table(steps, batch), table(steps, batch)
    for b in range(batch):
        for t in range(steps):
            inputs[t][b] = [random.uniform() - 0.5]
            if t >= LAG:
                targets[t][b] = inputs[t - LAG][b]
    return value_window(inputs, targets)
