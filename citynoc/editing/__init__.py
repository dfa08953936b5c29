"""Changes to files that people own: only what changes is rewritten, shown first, checked, and never half done."""
