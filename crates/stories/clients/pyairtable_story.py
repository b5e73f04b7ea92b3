"""pyairtable against the house: its ordinary API and its ORM.

usage: pyairtable_story.py URL TOKEN WORKSPACE
"""

import datetime
import sys

from pyairtable import Api, formulas
from pyairtable.orm import Model, fields

url, token, workspace_id = sys.argv[1:4]
api = Api(token, endpoint_url=url)

base = api.workspace(workspace_id).create_base(
    "Library",
    [
        {
            "name": "Books",
            "fields": [
                {"name": "Title", "type": "singleLineText"},
                {"name": "Pages", "type": "number", "options": {"precision": 0}},
                {"name": "Read", "type": "checkbox", "options": {"icon": "check", "color": "greenBright"}},
                {"name": "Bought", "type": "date", "options": {"dateFormat": {"name": "iso"}}},
                {
                    "name": "Genre",
                    "type": "singleSelect",
                    "options": {"choices": [{"name": "Novel"}, {"name": "Poetry"}]},
                },
            ],
        }
    ],
)
table = base.table("Books")
assert api.whoami()["id"].startswith("usr")
assert [field.name for field in table.schema().fields][:2] == ["Title", "Pages"]

made = table.batch_create([{"Title": f"Book {n}", "Pages": n * 10} for n in range(25)])
assert [record["fields"]["Title"] for record in made] == [f"Book {n}" for n in range(25)]
assert table.get(made[3]["id"]) == made[3]
assert table.all() == made
assert [len(page) for page in table.iterate(page_size=10)] == [10, 10, 5]
first = table.first(formula=formulas.match({"Pages": (">=", 200)}), sort=["-Pages"])
assert first["fields"]["Title"] == "Book 24", first
assert len(table.all(formula=formulas.match({"Title": "Book 7"}))) == 1
assert len(table.all(max_records=7)) == 7
assert all(set(record["fields"]) == {"Title"} for record in table.all(fields=["Title"]))

changed = table.update(made[0]["id"], {"Genre": "Novel", "Read": True, "Bought": "2026-02-03"})
assert changed["fields"] == {"Title": "Book 0", "Pages": 0, "Read": True, "Bought": "2026-02-03", "Genre": "Novel"}
replaced = table.update(made[0]["id"], {"Title": "Zero"}, replace=True)
assert replaced["fields"] == {"Title": "Zero"}
updated = table.batch_update([{"id": record["id"], "fields": {"Pages": 1}} for record in made[:12]])
assert [record["fields"]["Pages"] for record in updated] == [1] * 12
created = table.create({"Title": "Odes", "Genre": "Ode"}, typecast=True)
assert created["fields"]["Genre"] == "Ode"
assert created["id"] in {r["id"] for r in table.all(formula="{Genre}='Ode'")}

field = table.create_field("Shelf", "singleLineText")
assert field.name == "Shelf"
by_id = table.all(use_field_ids=True, max_records=1)[0]["fields"]
assert all(key.startswith("fld") for key in by_id)


class Book(Model):
    title = fields.TextField("Title")
    pages = fields.IntegerField("Pages")
    read = fields.CheckboxField("Read")
    bought = fields.DateField("Bought")
    genre = fields.SelectField("Genre")

    class Meta:
        api_key = token
        base_id = base.id
        table_name = "Books"


Book.meta.__dict__["api"] = api
book = Book(title="Emma", pages=474, bought=datetime.date(2026, 5, 1), genre="Novel")
assert book.save().created
book.read = True
assert book.save().updated
assert Book.from_id(book.id).bought == datetime.date(2026, 5, 1)
assert [other.title for other in Book.from_ids([made[5]["id"], book.id])] == ["Book 5", "Emma"]
assert book.delete()

deleted = table.batch_delete([record["id"] for record in made])
assert len(deleted) == 25 and all(record["deleted"] for record in deleted)
assert [record["id"] for record in table.all()] == [created["id"]]
print("pyairtable: ok")
