"""Maintained Python packages as targets: an adapter each, and the runs that break them, as traces."""
