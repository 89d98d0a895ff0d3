"""The commands of the command line, one module each; `bot/__main__.py` names them."""
