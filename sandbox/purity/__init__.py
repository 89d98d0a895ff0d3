"""A simulated FlashArray: what Purity knows about volumes and snapshots, served as REST 1.x over TLS."""

from sandbox.purity.model import FlashArray
from sandbox.purity.objects import Switches
from sandbox.purity.server import PurityServer, serve

__all__ = ["FlashArray", "PurityServer", "Switches", "serve"]
