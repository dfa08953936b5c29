"""The coverage report: one HTML file that stands alone, for the screen and for paper, in Vietnamese or English."""
