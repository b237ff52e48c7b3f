"""An explorer that shares no code with the engines, and contradicts them where it can."""
