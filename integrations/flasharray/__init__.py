"""FlashArray (Everpure, formerly Pure Storage) over its REST interface, read only."""
