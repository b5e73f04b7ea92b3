"""pyairtable's webhooks against the house, with a receiver of its own.

usage: pyairtable_webhooks.py URL TOKEN WORKSPACE
"""

import datetime
import http.server
import queue
import sys
import threading

from pyairtable import Api
from pyairtable.models import WebhookNotification

url, token, workspace_id = sys.argv[1:4]
api = Api(token, endpoint_url=url)
pings = queue.Queue()


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        pings.put((body, self.headers["X-Airtable-Content-MAC"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}/"

fields = [
    {"name": "text", "type": "singleLineText"},
    {"name": "number", "type": "number", "options": {"precision": 0}},
    {"name": "boolean", "type": "checkbox", "options": {"icon": "check", "color": "greenBright"}},
]
base = api.workspace(workspace_id).create_base("Hooks", [{"name": "T", "fields": fields}])
table = base.table("T")
text = table.schema().field("text").id

created = base.add_webhook(
    address,
    {
        "options": {
            "filters": {"dataTypes": ["tableData"], "recordChangeScope": table.id},
            "includes": {"includePreviousCellValues": True},
        }
    },
)
assert created.id.startswith("ach") and created.expiration_time > datetime.datetime.now(datetime.timezone.utc)
hook = base.webhook(created.id)
assert hook.notification_url == address and hook.are_notifications_enabled and hook.is_hook_enabled
assert hook.cursor_for_next_payload == 1 and hook.last_notification_result is None
assert hook.specification.options.filters.record_change_scope == table.id
assert list(hook.payloads()) == []

record = table.create({"text": "Hey there!"})
body, mac = pings.get(timeout=20)
ping = WebhookNotification.from_request(body, mac, created.mac_secret_base64)
assert ping.base.id == base.id and ping.webhook.id == created.id
try:
    WebhookNotification.from_request(body.replace("app", "apq"), mac, created.mac_secret_base64)
except ValueError:
    pass
else:
    raise AssertionError("a ping that was changed passed")

[payload] = hook.payloads()
assert payload.cursor == 1 and payload.payload_format == "v0" and payload.error is None
assert payload.action_metadata.source == "publicApi"
assert payload.action_metadata.source_metadata["user"]["id"] == api.whoami()["id"]
made = payload.changed_tables_by_id[table.id].created_records_by_id[record["id"]]
assert made.cell_values_by_field_id == {text: "Hey there!"}, made

for n in range(20):
    table.update(record["id"], {"text": f"update {n}"})
later = list(hook.payloads(cursor=2))
assert [one.cursor for one in later] == list(range(2, 22))
for n, one in enumerate(later):
    changed = one.changed_tables_by_id[table.id].changed_records_by_id[record["id"]]
    assert changed.current.cell_values_by_field_id == {text: f"update {n}"}
    assert changed.previous.cell_values_by_field_id == {text: f"update {n - 1}" if n else "Hey there!"}
assert [one.cursor for one in hook.payloads(cursor=5, limit=3)] == [5, 6, 7]
for n in range(60):
    table.update(record["id"], {"number": n})
assert [one.cursor for one in hook.payloads()] == list(range(1, 82)), "over several pages"

hook.disable_notifications()
assert not base.webhook(created.id).are_notifications_enabled
hook.enable_notifications()
assert base.webhook(created.id).are_notifications_enabled
before = hook.expiration_time
hook.extend_expiration()
again = base.webhook(created.id)
assert again.expiration_time >= before and again.last_notification_result.success
assert again.last_successful_notification_time is not None and again.cursor_for_next_payload == 82
table.delete(record["id"])
*_, last = hook.payloads()
assert last.changed_tables_by_id[table.id].destroyed_record_ids == [record["id"]]

silent = base.add_webhook(None, {"options": {"filters": {"dataTypes": ["tableFields", "tableMetadata"]}}})
shelf = table.create_field("shelf", "singleLineText")
[payload] = base.webhook(silent.id).payloads()
assert payload.changed_tables_by_id[table.id].created_fields_by_id[shelf.id].type == "singleLineText"
assert {one.id for one in base.webhooks()} == {created.id, silent.id}
hook.delete()
base.webhook(silent.id).delete()
assert base.webhooks() == []
print("pyairtable webhooks: ok")
