class Random:
    """xoroshiro128+ (Blackman & Vigna 2018) from a saved state: the halves of two 64-bit numbers, high before low."""

    def __init__(self, state):
        high_0, low_0, high_1, low_1 = (part & 0xFFFFFFFF for part in state)
        self.s0 = high_0 << 32 | low_0
        self.s1 = high_1 << 32 | low_1

    def state(self):
        """The state, from which another one goes on."""
        return [part for number in (self.s0, self.s1) for part in (number >> 32, number & 0xFFFFFFFF)]

    def bits(self):
        """32 random bits: the lower half of the sum."""
        mask = 0xFFFFFFFFFFFFFFFF
        s0, s1 = self.s0, self.s1
        result = (s0 + s1) & 0xFFFFFFFF
        s1 ^= s0
        self.s0 = ((s0 << 24 | s0 >> 40) ^ s1 ^ s1 << 16) & mask
        self.s1 = (s1 << 37 | s1 >> 27) & mask
        return result

    def uniform(self):
        """U[0, 1) with 53 bits."""
        high = self.bits() & 0x3FFFFFF
        low = self.bits() & 0x7FFFFFF
        return high * 2.0**-26 + low * 2.0**-53

    def normal(self):
        """N(0, 1), by Box & Muller 1958."""
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())

    def integer(self, low, high):
        """A whole number from low to high, both included, each as likely."""
        size = high - low + 1
        limit = 2**32 // size * size
        while True:
            number = (self.bits() + 2**31) & 0xFFFFFFFF
            if number < limit:
                return number % size + low
