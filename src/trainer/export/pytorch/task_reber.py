# The embedded Reber grammar (Hochreiter & Schmidhuber 1997): symbols B T P S X V E, and for each node its arcs, each a
# symbol and the node it leads to.
ARCS = @ARCS@
FIRST_NODE, LAST_NODE, LONGEST = @NODES@


def draw_string(random):
    while True:
        symbols, node = [], FIRST_NODE
        while node != LAST_NODE and len(symbols) <= LONGEST:
            arcs = ARCS[node]
            symbol, node = arcs[0 if len(arcs) == 1 else random.integer(0, len(arcs) - 1)]
            symbols.append(symbol)
        if len(symbols) <= LONGEST:
            return symbols


def draw(random, _steps, batch):
    """Embedded Reber grammar: every target is the next symbol; shorter strings are padded and have no loss there."""
    strings = [draw_string(random) for _ in range(batch)]
    steps = max(len(string) - 1 for string in strings)
    symbols, targets = table(steps, batch, 6), table(steps, batch)
    for b, string in enumerate(strings):
        for t in range(len(string) - 1):
            symbols[t][b] = string[t]
            targets[t][b] = string[t + 1]
    return symbol_window(symbols, targets)
