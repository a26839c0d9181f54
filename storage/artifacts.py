"""Files of trainings in an S3-like bucket, through Optuna's artifact store."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from storage.errors import ArtifactError

if TYPE_CHECKING:
    from optuna.artifacts import Boto3ArtifactStore

_SCHEME = "s3://"


@dataclass(frozen=True)
class Bucket:
    """A reachable bucket, and the beginning of the names of our files in it."""

    store: "Boto3ArtifactStore"
    prefix: str

    def __str__(self) -> str:
        return f"{_SCHEME}{self.store.bucket}/{self.prefix}"


def is_bucket(location: str) -> bool:
    return location.startswith(_SCHEME)


@cache
def open_bucket(location: str) -> Bucket:
    """The bucket of s3://BUCKET/PREFIX; boto3 finds credentials, region and AWS_ENDPOINT_URL by its own rules.

    Raises:
        ArtifactError: boto3 is missing, or the bucket cannot be reached.
    """
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise ArtifactError(f"{location} needs boto3, which is not installed: pip install 'ecgscale[s3]'") from error
    from optuna.artifacts import Boto3ArtifactStore

    parts = urlsplit(location)
    if not parts.netloc or "@" in parts.netloc:
        raise ArtifactError(
            "a bucket is written s3://BUCKET/PREFIX, without credentials (boto3 finds them in its own places)"
        )
    try:
        client = boto3.client("s3")
        client.head_bucket(Bucket=parts.netloc)
    except (BotoCoreError, ClientError, ValueError) as error:
        raise ArtifactError(
            f"the bucket of {location} cannot be reached: {error}; check its name, the credentials and AWS_ENDPOINT_URL"
        ) from error
    return Bucket(Boto3ArtifactStore(parts.netloc, client), parts.path.strip("/"))


class ArtifactFolder:
    """Named files under one prefix of a bucket; each is replaced as a whole, as S3 does."""

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = f"{bucket.prefix}/{prefix}".lstrip("/")

    def __str__(self) -> str:
        return f"{_SCHEME}{self._bucket.store.bucket}/{self._prefix}"

    def read(self, name: str) -> bytes | None:
        from optuna.artifacts.exceptions import ArtifactNotFound

        try:
            with self._reaching(), self._bucket.store.open_reader(f"{self._prefix}/{name}") as file:
                return file.read()
        except ArtifactNotFound:
            return None

    def write(self, name: str, content: bytes) -> None:
        with self._reaching():
            self._bucket.store.write(f"{self._prefix}/{name}", io.BytesIO(content))

    def remove(self, prefix: str) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        store = self._bucket.store
        try:
            listed = store.client.list_objects_v2(Bucket=store.bucket, Prefix=f"{self._prefix}/{prefix}")
            for found in listed.get("Contents", []):
                store.remove(found["Key"])
        except (BotoCoreError, ClientError):
            return  # what stays behind takes room, nothing else

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """
        Raises:
            OSError: the bucket cannot be reached, or refuses.
        """
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise OSError(f"{self}: {error}") from error
