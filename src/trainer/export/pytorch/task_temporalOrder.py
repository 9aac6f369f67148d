def draw(random, steps, batch):
    """Temporal order: two steps are A or B, all others distractors; the last target is the class AA, AB, BA or BB."""
    symbols, targets = table(steps, batch), table(steps, batch)

    def tenths(count):
        return count * steps // 10

    for b in range(batch):
        for t in range(steps):
            symbols[t][b] = random.integer(2, 5)
        if POSITIONS == "paper":
            places = [random.integer(tenths(1), tenths(2)), random.integer(tenths(4), tenths(5))]
        else:
            places = [tenths(1) + random.integer(0, tenths(1) - 1), tenths(5) + random.integer(0, tenths(1) - 1)]
        early, late = random.integer(0, 1), random.integer(0, 1)
        symbols[places[0]][b] = early
        symbols[places[1]][b] = late
        targets[steps - 1][b] = 2 * early + late
    return symbol_window(symbols, targets)
