"""`python -m search.cli`, as the launcher starts its workers."""

from search.cli.app import main

main()
