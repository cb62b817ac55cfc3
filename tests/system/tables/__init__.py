"""The programs to compare, a table per kind."""
