"""What may happen: models of memory managers, and the kit they are written with."""
