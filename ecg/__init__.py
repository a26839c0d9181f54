"""Records, labels, pre-processing, the record store, metrics and synthetic ECG."""
