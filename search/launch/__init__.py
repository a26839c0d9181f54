"""Starting workers. The engine is the pull worker with its lease; a launcher may die without harm."""
