"""The wires to Hyper-V cluster nodes: WinRM, the kit, and a parser for each program's output."""
