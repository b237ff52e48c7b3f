"""An executor's log held against the model: what the accounting believed, and what may have been true."""
