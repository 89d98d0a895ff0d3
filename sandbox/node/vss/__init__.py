"""The Volume Shadow Copy Service of one node: writers, sessions of requesters, and the hardware provider."""
