"""What is known during a run, by whom, and since when: reports, what is told of them, and who looks."""
