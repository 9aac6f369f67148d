def draw(random, steps, batch):
    """Parity: the last target is whether the number of ones is odd."""
    symbols, targets = table(steps, batch), table(steps, batch)
    for b in range(batch):
        for t in range(steps):
            symbols[t][b] = random.integer(0, 1)
        targets[steps - 1][b] = sum(symbols[t][b] for t in range(steps)) % 2
    return symbol_window(symbols, targets)
