"""Which networks a search tries next."""
