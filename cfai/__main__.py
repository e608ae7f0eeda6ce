"""`python -m cfai` is the command `cfai`."""

import sys

from cfai.cli import main

sys.exit(main())
