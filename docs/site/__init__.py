"""The documentation as a site of static files: `make site`."""
