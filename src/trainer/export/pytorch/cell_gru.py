def cell_step(gx, gh, state):
    """One step of torch.nn.GRU."""
    (r, z, n), (hr, hz, hn) = gx.chunk(3, 1), gh.chunk(3, 1)
    z = torch.sigmoid(z + hz)
    n = torch.tanh(n + torch.sigmoid(r + hr) * hn)
    return ((1 - z) * n + z * state[0],)
