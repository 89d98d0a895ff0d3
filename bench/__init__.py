"""The figures: what a run costs and how fast it is shown, measured on real processes beside a plain loop."""
