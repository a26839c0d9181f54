"""The service: design spaces, drafts, trials, workers, launching, the command line."""
