"""From every reachable state a run leads back: proved by ways back for all sizes, or the shortest run into a trap."""
