#!/bin/sh
# Anywhere else: in a container that has no rights, and cannot write what is mounted.
# The image is made from the Dockerfile of meshlint: docker build -t meshlint https://github.com/OWNER/meshlint.git#VERSION
exec docker run --rm --read-only --volume "$PWD:/work:ro" meshlint analyze deploy --fail-on warning
