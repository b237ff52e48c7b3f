"""What an engine found, told to a person."""
