def cell_step(gx, gh, state):
    """One step of the vanilla RNN: h = f(W_ih x + b_ih + W_hh h + b_hh)."""
    total = gx + gh
    return (@ACTIVATION@,)
