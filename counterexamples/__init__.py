"""Runs that broke something, and what is made from them."""
