"""A whole script: import, one call, exit. With cfai, and without a loop."""

import sys

import cfai

with cfai.Client(account_id="0123456789abcdef" * 2, api_token="a-token", base_url=sys.argv[1]) as ai:
    labels = ai.run("@cf/huggingface/distilbert-sst-2-int8", cfai.TextClassification("I like it"))
print(max(labels, key=lambda label: label.score).label)
