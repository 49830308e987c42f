"""What the commands do, behind the argument parsing: the top of the house beside the scripts."""
