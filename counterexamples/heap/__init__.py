"""A heap dump of Java, asked for every memory manager in it: what is accounted, and what is really held."""
