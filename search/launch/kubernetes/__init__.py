"""An Indexed Job of Kubernetes."""
