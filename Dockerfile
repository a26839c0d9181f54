# ecgscale for a CPU or a GPU, the same but for torch:
#
#   docker build --target cpu --tag ecgscale:cpu .
#   docker build --target cuda --tag ecgscale:cuda .
#
# torch's usual Linux builds bring CUDA along, some gigabytes that a CPU has no use for. Its install page names an index
# of CPU builds, and some for other versions of CUDA: --build-arg TORCH_INDEX=URL

FROM python:3.11-slim AS base
ENV PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN useradd --uid 1000 --create-home ecgscale && install --directory --owner ecgscale /home/ecgscale/state
WORKDIR /opt/ecgscale
COPY pyproject.toml constraints.txt ./
# What rarely changes comes first, so that a change of the code installs nothing anew.
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
    print(*(d for d in p['dependencies'] + p['optional-dependencies']['s3'] if not d.startswith('torch')), sep='\n')" \
    > requirements.txt && pip install --constraint constraints.txt --requirement requirements.txt
ENTRYPOINT ["ecgscale"]

FROM base AS code
COPY README.md ecgscale.py ./
COPY search search
COPY analysis analysis
COPY models models
COPY ecg ecg
COPY storage storage
RUN pip wheel --no-deps --wheel-dir /wheels .

FROM base AS app
ARG TORCH_INDEX
RUN pip install --constraint constraints.txt ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} torch
RUN --mount=from=code,source=/wheels,target=/wheels pip install --no-deps /wheels/*.whl
USER 1000
WORKDIR /home/ecgscale

FROM app AS cuda
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility

FROM app AS cpu
