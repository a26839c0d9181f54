# ecgscale on a CPU. For a GPU, install the matching torch build first; the range in pyproject.toml admits it.
FROM python:3.11-slim

RUN useradd --create-home ecgscale && mkdir /home/ecgscale/state && chown ecgscale /home/ecgscale/state
WORKDIR /opt/ecgscale
COPY pyproject.toml constraints.txt README.md ecgscale.py ./
COPY search search
COPY analysis analysis
COPY models models
COPY ecg ecg
COPY storage storage
RUN pip install --no-cache-dir --constraint constraints.txt .

USER ecgscale
WORKDIR /home/ecgscale
ENTRYPOINT ["ecgscale"]
