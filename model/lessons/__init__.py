"""The smallest models that teach one thing each."""
