"""What a claim read when it was false: the values on both sides, as data, for every kind of claim."""
