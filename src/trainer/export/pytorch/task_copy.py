def draw(random, steps, batch):
    """Copying memory: symbols, a delay, a signal; then the symbols in order."""
    blank, go, recall_start = SYMBOLS, SYMBOLS + 1, RECALL + DELAY
    symbols, targets = table(steps, batch), table(steps, batch)
    for b in range(batch):
        for t in range(steps):
            if t < RECALL:
                symbols[t][b] = random.integer(0, SYMBOLS - 1)
            else:
                symbols[t][b] = go if t == recall_start - 1 else blank
            targets[t][b] = blank if t < recall_start else symbols[t - recall_start][b]
    return symbol_window(symbols, targets)
