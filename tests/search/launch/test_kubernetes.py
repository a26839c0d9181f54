import re
import shlex
from dataclasses import replace
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from search.errors import ConfigError
from search.launch.backends import backend
from search.launch.job import Job
from search.launch.kubernetes.manifest import job_name
from storage.database import Database
from storage.url import parse

EXAMPLE = Path(__file__).resolve().parents[3] / "deploy" / "kubernetes.yaml"
VERSIONS = ("1.33", "1.37")  # `backoffLimitPerIndex` is stable since the first; the newest of the checker


@pytest.fixture
def kubernetes():
    return backend("kubernetes")


@pytest.fixture
def job(database, study):
    """A job whose database has a password that must not be seen."""
    url = parse("postgresql://ecgscale:pl4nted@db.example.org:5432/ecgscale?sslmode=require&sslpassword=pl4nted")
    return Job(Database(database.engine, url, embedded=False), study, workers=4, store=Path("/data/store"))


@pytest.fixture
def plain(monkeypatch):
    """Nothing but the job itself says what is in the manifest."""
    for name in ("ECGSCALE_ARTIFACTS", "ECGSCALE_PLUGIN"):
        monkeypatch.delenv(name, raising=False)


def written(kubernetes, job, **settings):
    return yaml.safe_load(kubernetes.submission(replace(job, settings=settings)))


def worker_of(manifest):
    (container,) = manifest["spec"]["template"]["spec"]["containers"]
    return container


def environment_of(manifest):
    return {entry["name"]: entry["value"] for entry in worker_of(manifest)["env"]}


FULL = {"namespace": "ecg", "home": "state", "bucket": "s3", "image": "example.org/ecgscale:1", "cpu": "3500m"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("settings", [{}, FULL], ids=["default", "full"])
@pytest.mark.parametrize("device", [None, "cuda"])
def test_the_manifest_follows_the_schema_of_kubernetes(kubernetes, job, version, settings, device):
    manifest = written(kubernetes, replace(job, device=device), **settings)
    assert kubernetes_validate.validate(manifest, version, strict=True) == version


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("spec", "podReplacmentPolicy"), "Failed"),
        (("spec", "backoffLimitPerIndex"), "three"),
        (("spec", "podFailurePolicy"), {"rules": [{"onExitCodes": {"operator": "In", "values": [2]}}]}),
        (("spec", "template", "spec", "containers"), [{"image": "nameless"}]),
        (("spec", "template", "spec", "volumes"), [{"name": "a", "secret": {"name": "ecgscale"}}]),
    ],
    ids=["misspelt", "no number", "no action", "no name", "wrong key"],
)
def test_a_broken_manifest_is_found_out(kubernetes, job, path, value):
    manifest = written(kubernetes, job)
    *folders, name = path
    place = manifest
    for folder in folders:
        place = place[folder]
    place[name] = value
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, VERSIONS[-1], strict=True)


def test_there_is_one_index_per_worker_and_one_without_a_number(kubernetes, job):
    spec = written(kubernetes, job)["spec"]
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 4, 4)
    assert written(kubernetes, replace(job, workers=None))["spec"]["completions"] == 1


def test_how_a_pods_end_counts(kubernetes, job):
    spec = written(kubernetes, job)["spec"]
    rules = spec["podFailurePolicy"]["rules"]
    assert [(rule["action"], rule.get("onExitCodes", {}).get("values")) for rule in rules] == [
        ("Ignore", None),
        ("Ignore", [130]),
        ("FailIndex", [2]),
    ]
    assert {rule["onExitCodes"]["containerName"] for rule in rules[1:]} == {worker_of({"spec": spec})["name"]}
    assert (spec["backoffLimitPerIndex"], spec["podReplacementPolicy"]) == (3, "Failed")
    assert spec["template"]["spec"]["restartPolicy"] == "Never"  # without it Kubernetes takes no podFailurePolicy


def test_a_pod_may_do_nothing_but_train(kubernetes, job):
    manifest = written(kubernetes, job)
    pod, container = manifest["spec"]["template"]["spec"], worker_of(manifest)
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] > 0
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    mounts = {mount["name"]: mount for mount in container["volumeMounts"]}
    assert mounts.keys() == {volume["name"] for volume in pod["volumes"]}
    assert (mounts["data"]["mountPath"], mounts["data"]["readOnly"]) == ("/data", True)
    environment = environment_of(manifest)
    writable = {mount["mountPath"] for mount in mounts.values() if not mount.get("readOnly")}
    assert writable == {environment["ECGSCALE_HOME"], environment["HOME"]}


def test_the_password_comes_from_a_file_and_is_nowhere_written(kubernetes, job, monkeypatch, capfd):
    monkeypatch.setenv("ECGSCALE_STORAGE", "postgresql://ecgscale:pl4nted@db.example.org/ecgscale")
    monkeypatch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", "/home/me/password")
    manifest = written(kubernetes, job, secret="mine")
    environment = environment_of(manifest)
    assert environment["ECGSCALE_STORAGE"] == "postgresql://ecgscale@db.example.org:5432/ecgscale?sslmode=require"
    mount = next(mount for mount in worker_of(manifest)["volumeMounts"] if mount["name"] == "database")
    assert environment["ECGSCALE_STORAGE_PASSWORD_FILE"] == f"{mount['mountPath']}/password"
    volume = manifest["spec"]["template"]["spec"]["volumes"][-1]
    assert volume["secret"] == {"secretName": "mine", "items": [{"key": "password", "path": "password"}]}
    told = "\n".join([kubernetes.submission(job), *map(str, kubernetes.preflight(job)), *capfd.readouterr()])
    assert "pl4nted" not in told


def test_the_worker_is_told_what_the_job_says(kubernetes, job):
    arguments = worker_of(written(kubernetes, replace(job, device="cuda", compiled=True)))["args"]
    assert arguments == [*shlex.split("worker --store /data/store --device cuda --compile --"), job.study.name]


def test_a_gpu_is_asked_for_with_the_device(kubernetes, job):
    container = worker_of(written(kubernetes, replace(job, device="cuda"), memory="16Gi"))
    assert container["resources"]["limits"] == {"cpu": "2", "memory": "16Gi", "nvidia.com/gpu": "1"}
    assert container["resources"]["requests"] == container["resources"]["limits"]
    assert container["image"] == "ecgscale:cuda"
    assert worker_of(written(kubernetes, job))["image"] == "ecgscale:cpu"


@pytest.mark.parametrize(("cpu", "threads"), [("2", "2"), ("500m", "1"), ("3.5", "3"), ("8000m", "8")])
def test_threads_are_the_cores_of_the_pod(kubernetes, job, cpu, threads):
    assert environment_of(written(kubernetes, job, cpu=cpu))["OMP_NUM_THREADS"] == threads


@pytest.mark.parametrize(
    "name", ["first", "It's *odd*: {a: [b]} # c", "心電図", "🫀", "$(HOME) $$", "-" * 3 + "x", "A" * 200, "no", "1e3"]
)
def test_any_name_of_a_study_makes_a_job(kubernetes, job, name):
    named = replace(job, study=replace(job.study, name=name))
    manifest = written(kubernetes, named)
    made = manifest["metadata"]["name"]
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", made)
    assert len(f"{made}-99999-abcde") <= 63
    assert manifest["metadata"]["annotations"]["ecgscale/study"] == name
    assert worker_of(manifest)["args"][-1] == name.replace("$", "$$")
    assert kubernetes_validate.validate(manifest, VERSIONS[-1], strict=True)


def test_studies_of_like_names_have_jobs_of_their_own(study):
    assert job_name(replace(study, name="a b", key="1" * 32)) != job_name(replace(study, name="A-b", key="2" * 32))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"queue": "gpu"}, "queue is no setting of Kubernetes, which has image, "),
        ({"cpu": "many"}, "cpu must be a number of cores, as 2 or 500m, but got 'many'"),
        ({"memory": "8 GB"}, "memory must be a size, as 8Gi, but got '8 GB'"),
        (
            {"claim": "My Data"},
            "claim must be a name of Kubernetes: lower-case letters, digits and dashes, but got",
        ),
        ({"image": ""}, "image must be the name of an image, but got ''"),
        ({"storage": "mysql://db/ecg"}, "storage is the database as pods reach it: .* expected postgresql://"),
        ({"storage": "postgresql://me:pl4nted@db/ecg"}, "storage must hold no password"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence(kubernetes, job, settings, says):
    for ask in (kubernetes.submission, kubernetes.preflight):
        with pytest.raises(ConfigError, match=says) as caught:
            ask(replace(job, settings=settings))
        assert "pl4nted" not in str(caught.value)


@pytest.mark.parametrize("place", ["store", "/store", "/data/../store"])
def test_a_store_that_pods_cannot_see_is_one_sentence(kubernetes, job, place):
    with pytest.raises(ConfigError, match="name the store as pods are to see it, such as --store /data/store"):
        kubernetes.submission(replace(job, store=Path(place)))


@pytest.mark.parametrize("changes", [{"device": "cuda:1"}, {"device": "mps"}, {"workers": None, "per_device": 2}])
def test_a_device_that_no_pod_has_is_one_sentence(kubernetes, job, changes):
    with pytest.raises(ConfigError, match=r"a pod has one worker, on the CPU or on a GPU of its own \(--device cuda\)"):
        kubernetes.submission(replace(job, **changes))


def test_the_embedded_postgres_is_out_of_reach(kubernetes, database, study):
    with pytest.raises(
        ConfigError, match=r"embedded Postgres, which only this machine reaches.*study export.*study import"
    ):
        kubernetes.submission(Job(database, study))


def checks(kubernetes, job, **settings):
    return {check.name: check for check in kubernetes.preflight(replace(job, settings=settings))}


def test_this_machines_own_address_is_none_for_pods(kubernetes, job):
    here = replace(job, database=replace(job.database, url=job.database.url.set(host="127.0.0.1")))
    found = checks(kubernetes, here)["reach"]
    assert found.passed is False
    assert "postgresql://ecgscale@127.0.0.1:5432/ecgscale is this machine" in found.says
    elsewhere = {"storage": "postgresql://ecgscale@postgres:5432/ecgscale"}
    assert checks(kubernetes, here, **elsewhere)["reach"].passed is None
    assert environment_of(written(kubernetes, here, **elsewhere))["ECGSCALE_STORAGE"] == elsewhere["storage"]


def test_it_is_told_where_checkpoints_are_kept(kubernetes, job, plain):
    def kept(artifacts, **settings):
        study = replace(job.study, terms=replace(job.study.terms, artifacts=artifacts))
        return checks(kubernetes, replace(job, study=study), **settings)["networks"]

    assert "trials of a pod that dies begin anew" in kept(None).says
    assert "on the volume claim state" in kept(None, home="state").says
    assert kept("/shared/networks").passed is False
    assert "with the credentials of the Secret s3" in kept("s3://ecg/networks", bucket="s3").says


def test_a_plugin_must_be_in_the_image(kubernetes, job, monkeypatch):
    monkeypatch.setenv("ECGSCALE_PLUGIN", "my_family")
    assert "in the image also my_family" in checks(kubernetes, job)["pods"].says
    assert environment_of(written(kubernetes, job))["ECGSCALE_PLUGIN"] == "my_family"


def test_what_only_kubectl_can_do_is_left_to_it(kubernetes, job):
    name = job_name(job.study)
    with pytest.raises(ConfigError, match=r"the same command with --dry-run, and behind it \| kubectl apply -f -"):
        kubernetes.start(job, None)
    with pytest.raises(ConfigError, match=rf"cluster: kubectl get pods --selector app.kubernetes.io/instance={name}$"):
        kubernetes.status(job)
    with pytest.raises(ConfigError, match=r"cluster: kubectl --namespace ecg delete jobs --selector "):
        kubernetes.cancel(replace(job, settings={"namespace": "ecg"}))
    assert written(kubernetes, job)["metadata"]["labels"]["app.kubernetes.io/instance"] == name


def test_the_example_is_what_the_code_makes(kubernetes, job, plain, monkeypatch):
    url = parse("postgresql://ecgscale@postgres:5432/ecgscale")
    first = replace(job.study, name="first", key="0123456789abcdef0123456789abcdef")
    example = replace(job, study=first, database=replace(job.database, url=url))
    header, manifest = EXAMPLE.read_text().split("\n\n", 1)
    assert manifest == kubernetes.submission(example)
    assert all(line.startswith("#") for line in header.splitlines())
    assert kubernetes_validate.validate(yaml.safe_load(manifest), VERSIONS[-1], strict=True)
