"""The proof: the real core told through more trouble than any machine meets in its life, and judged."""
