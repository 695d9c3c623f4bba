#!/bin/sh
# Makes build/cluster with the Python packages that check the files of configs/cluster (tests/cluster/manifests_test.py), unless it
# is there or was tried before. The test is skipped without. Returns 0 also where it cannot: no pip, no network.
docker/make_venv.sh "${1:-build/cluster}" "tests of cluster files, which are skipped," kubernetes-validate htcondor pyyaml || :
exit 0
