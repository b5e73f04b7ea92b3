"""`pyairtable` against Airtable's limits: `pyairtable_limits.py URL TOKEN WORKSPACE`.

Says RETRY before each retry and goes on when a line comes in; the clock of the server is moved meanwhile.
"""

import logging
import sys

import requests
from pyairtable import Api, retry_strategy

url, token, workspace = sys.argv[1:4]
retries = 0


class Asking(logging.Handler):
    """Notices the client's own message that it tries again."""

    def emit(self, record):
        global retries
        if record.getMessage().startswith("Retry: "):
            retries += 1
            print("RETRY", flush=True)
            sys.stdin.readline()


api = Api(token, endpoint_url=url)
fields = [{"name": "Name", "type": "singleLineText"}]
base = api.create_base(workspace, "Hurried", [{"name": "T", "fields": fields}])

log = logging.getLogger("urllib3.connectionpool")
log.setLevel(logging.DEBUG)
log.addHandler(Asking())
table = base.table("T")
made = [table.create({"Name": str(n)})["fields"]["Name"] for n in range(6)]
assert made == [str(n) for n in range(6)] and retries == 1, (made, retries)

# The sixth was the first of a new window. A client that does not wait long enough is told so in the end.
log.setLevel(logging.INFO)
hasty = Api(token, endpoint_url=url, retry_strategy=retry_strategy(total=2, backoff_factor=0.001))
for _ in range(4):
    assert len(hasty.table(base.id, "T").all()) == 6
for other in (table.name, "T"):
    try:
        hasty.table(base.id, other).all()
    except requests.exceptions.RetryError as error:
        assert "too many 429 error responses" in str(error), error
    except requests.exceptions.HTTPError as error:
        assert error.response.status_code == 429, error
    else:
        raise AssertionError("more than Airtable allows")
try:
    Api(token, endpoint_url=url, retry_strategy=None).table(base.id, "T").all()
except requests.exceptions.HTTPError as error:
    body = {"errors": [{"error": "RATE_LIMIT_REACHED", "message": "Rate limit exceeded. Please try again later"}]}
    assert error.response.status_code == 429 and error.response.json() == body, error.response.text
else:
    raise AssertionError("more than Airtable allows")
print("OK")
