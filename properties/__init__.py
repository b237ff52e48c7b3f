"""What ought to be true of a memory manager, and how we look."""
