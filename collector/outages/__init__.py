"""What is broken and why: pure judgement with the clock as an argument."""
