"""A bucket in memory, which answers boto3 as S3 does."""

import boto3
import pytest
import torch
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from models.errors import CheckpointFailed
from models.training.checkpoint import TrainingFolder
from storage.artifacts import ArtifactFolder, open_bucket
from storage.errors import ArtifactError

TENSORS = {"w": torch.arange(10.0)}


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "pl4nted")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="ecg")
        open_bucket.cache_clear()
        yield open_bucket("s3://ecg/some/prefix")


def test_a_training_keeps_its_files_in_a_bucket(bucket):
    folder = TrainingFolder(ArtifactFolder(bucket, "study/0/1"))
    assert folder.load_checkpoint() is None
    for epoch in range(3):
        folder.save_checkpoint({"w": torch.tensor(float(epoch))}, {"epoch": epoch})
    folder.save_network(TENSORS, {"thresholds": [0.5]})
    assert folder.load_checkpoint().state == {"epoch": 2}
    keys = [found["Key"] for found in bucket.store.client.list_objects_v2(Bucket="ecg")["Contents"]]
    assert len(keys) == 4
    assert all(key.startswith("some/prefix/study/0/1/") for key in keys)
    folder.drop_checkpoint()
    assert folder.load_checkpoint() is None
    assert torch.equal(folder.load_network().tensors["w"], TENSORS["w"])


def test_a_later_owner_goes_on_from_an_earlier_ones_checkpoint_and_neither_spoils_the_others(bucket):
    first, second = (ArtifactFolder(bucket, f"study/0/{token}") for token in (1, 2))
    TrainingFolder(first).save_checkpoint(TENSORS, {"epoch": 1})
    taken = TrainingFolder(second, [first])
    assert taken.load_checkpoint().state == {"epoch": 1}
    taken.save_checkpoint(TENSORS, {"epoch": 2})
    TrainingFolder(first).save_checkpoint(TENSORS, {"epoch": 99})
    assert taken.load_checkpoint().state == {"epoch": 2}


def test_a_bucket_that_vanishes_fails_the_checkpoint_with_its_name(bucket):
    folder = TrainingFolder(ArtifactFolder(bucket, "study/0/1"))
    bucket.store.client.delete_bucket(Bucket="ecg")
    with pytest.raises(CheckpointFailed, match=r"cannot write to s3://ecg/some/prefix/study/0/1.*NoSuchBucket"):
        folder.save_checkpoint(TENSORS, {})


def test_a_bucket_that_cannot_be_read_is_not_one_without_a_checkpoint(bucket, monkeypatch):
    """The training would begin again from nothing."""
    folder = TrainingFolder(ArtifactFolder(bucket, "study/0/1"))
    folder.save_checkpoint(TENSORS, {})

    def away(**kwargs):
        raise EndpointConnectionError(endpoint_url="somewhere")

    monkeypatch.setattr(bucket.store.client, "get_object", away)
    with pytest.raises(CheckpointFailed, match=r"cannot read from .*s3://ecg/some/prefix/study/0/1"):
        folder.load_checkpoint()


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("s3://nobody-has-this/x", "cannot be reached"),
        ("s3://key:pl4nted@ecg/x", "without credentials"),
        ("s3://", "is written"),
    ],
)
def test_a_bucket_that_is_not_there_is_refused(bucket, location, message):
    with pytest.raises(ArtifactError, match=message) as raised:
        open_bucket(location)
    assert "pl4nted" not in str(raised.value)
