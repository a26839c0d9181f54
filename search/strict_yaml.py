"""YAML in which a key stands once: YAML itself takes the last one and says nothing."""

from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(twice)} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read_yaml(text: str) -> Any:
    """Plain data.

    Raises:
        yaml.YAMLError: it is no YAML, or a key stands twice.
    """
    return yaml.load(text, Loader=_Loader)  # a SafeLoader
