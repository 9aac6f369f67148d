def cell_step(gx, gh, state):
    """One step of torch.nn.LSTM."""
    i, f, g, o = (gx + gh).chunk(4, 1)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c
