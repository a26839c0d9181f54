"""Processes of this machine, supervised."""
