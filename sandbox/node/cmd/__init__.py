"""cmd.exe: reads lines as it does (percent expansion, special characters, blocks) and executes them."""
