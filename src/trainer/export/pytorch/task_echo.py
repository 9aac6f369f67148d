def draw(random, steps, batch):
    """Two-lag echo: at every step a bit with P(y_t = 1) = 1/2 + x_{t-a}/2 - x_{t-b}/4; bits before the first are 0."""
    symbols, targets = table(steps, batch), table(steps, batch)
    for b in range(batch):
        for t in range(steps):
            symbols[t][b] = random.integer(0, 1)
            near, far = (symbols[t - lag][b] if t >= lag else 0 for lag in LAGS)
            targets[t][b] = 1 if random.uniform() < 0.5 + 0.5 * near - 0.25 * far else 0
    return symbol_window(symbols, targets)
