"""pyairtable's attachments against the house, with a server of files of its own.

usage: pyairtable_attachments.py URL TOKEN WORKSPACE
"""

import http.server
import os
import sys
import threading
import time

url, token, workspace_id = sys.argv[1:4]
# pyairtable uploads to content.airtable.com whatever its endpoint is: the house stands in for it as a proxy.
os.environ["HTTP_PROXY"] = url
os.environ.pop("NO_PROXY", None)

import requests  # noqa: E402
from pyairtable import Api  # noqa: E402
from pyairtable.orm import Model, fields as F  # noqa: E402
from pyairtable.utils import attachment  # noqa: E402


class Library(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.end_headers()
        self.wfile.write(b"from " + self.path.encode())

    def log_message(self, *_):
        pass


library = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Library)
threading.Thread(target=library.serve_forever, daemon=True).start()
place = f"http://127.0.0.1:{library.server_port}"

api = Api(token, endpoint_url=url)
columns = [{"name": "Name", "type": "singleLineText"}, {"name": "Files", "type": "multipleAttachments"}]
base = api.workspace(workspace_id).create_base("Files", [{"name": "T", "fields": columns}])
table = base.table("T")
field = table.schema().field("Files")
assert field.type == "multipleAttachments" and field.options.is_reversed is False
more = table.create_field("More", "multipleAttachments")
assert more.type == "multipleAttachments"


def settled(record_id):
    for _ in range(400):
        held = table.get(record_id)["fields"]["Files"]
        if all("type" in one for one in held):
            return held
        time.sleep(0.05)
    raise AssertionError(held)


record = table.create({"Name": "by address", "Files": [attachment(f"{place}/a.txt"), attachment(f"{place}/b", "c.txt")]})
assert [one["filename"] for one in record["fields"]["Files"]] == ["a.txt", "c.txt"], record
assert [one["url"] for one in record["fields"]["Files"]] == [f"{place}/a.txt", f"{place}/b"], record
held = settled(record["id"])
assert [one["id"] for one in held] == [one["id"] for one in record["fields"]["Files"]]
assert [requests.get(one["url"]).content for one in held] == [b"from /a.txt", b"from /b"]
assert [(one["size"], one["type"]) for one in held] == [(11, "text/plain"), (7, "text/plain")], held

answer = table.upload_attachment(record["id"], "Files", "sample.txt", "Hello, World!", "text/plain")
assert answer["id"] == record["id"] and list(answer["fields"]) == [field.id], answer
assert [one["filename"] for one in answer["fields"][field.id]] == ["a.txt", "c.txt", "sample.txt"], answer
assert requests.get(answer["fields"][field.id][-1]["url"]).text == "Hello, World!"
# Longer than a line of base64.
answer = table.upload_attachment(record["id"], field.id, "long.bin", bytes(range(256)) * 40)
assert requests.get(answer["fields"][field.id][-1]["url"]).content == bytes(range(256)) * 40

kept = table.update(record["id"], {"Files": [{"id": held[1]["id"]}, attachment(f"{place}/d")]})["fields"]["Files"]
assert [one["filename"] for one in kept] == ["c.txt", "d"] and kept[0]["id"] == held[1]["id"], kept
assert len(table.all(formula="LEN({Files})>0")) == 1


class Thing(Model):
    name = F.SingleLineTextField("Name")
    files = F.AttachmentsField("Files")

    class Meta:
        api_key = token
        base_id = base.id
        table_name = "T"


Thing.meta.__dict__["api"] = api
thing = Thing(name="by model")
thing.files.append({"url": f"{place}/e.txt"})
assert thing.save().created
thing.fetch()
assert thing.files[0]["filename"] == "e.txt", thing.files
settled(thing.id)
thing.files.upload("f.txt", b"by model")
assert [one["filename"] for one in thing.files] == ["e.txt", "f.txt"], thing.files
assert requests.get(thing.files[-1]["url"]).content == b"by model"
thing.name = "renamed"
thing.files.pop(0)
assert thing.save().updated
thing.fetch()
assert [one["filename"] for one in thing.files] == ["f.txt"] and thing.files[0]["size"] == 8, thing.files
thing.files = []
thing.save()
assert "Files" not in table.get(thing.id)["fields"]
assert "Files" not in table.get(thing.id, cell_format="string", time_zone="UTC", user_locale="en-us")["fields"]
print("pyairtable attachments: ok")
