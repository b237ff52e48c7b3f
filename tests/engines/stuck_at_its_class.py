"""A file that is never imported: its class has no end."""

from spillproof.model.quantity import Bytes
from spillproof.model.system import Model


class Pool(Model):
    used: Bytes
    size = 0
    while True:
        size += 1
