"""pyairtable against the house: its ordinary API and its ORM.

usage: pyairtable_story.py URL TOKEN WORKSPACE
"""

import datetime
import re
import sys

import requests
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

# Comments: written, mentioned, changed, counted, deleted.
me, commented = api.whoami()["id"], made[15]["id"]
comment = table.add_comment(commented, f"Read it, @[{me}]!")
assert comment.author.id == me and comment.last_updated_time is None
assert comment.mentioned[me].display_name and comment.mentioned[me].type == "user"
second = table.add_comment(commented, "Twice")
assert [one.text for one in table.comments(commented)] == ["Twice", comment.text]
comment.text = "Never mind"
comment.save()
assert comment.last_updated_time and not comment.mentioned
assert [one.text for one in table.comments(commented)] == ["Twice", "Never mind"]
everything = "OR(" + ",".join(f"RECORD_ID()='{record['id']}'" for record in made * 30) + ",TRUE())"
for options in [{}, {"page_size": 10}, {"formula": everything}]:
    counts = {record["id"]: record["commentCount"] for record in table.all(count_comments=True, **options)}
    assert counts[commented] == 2 and sum(counts.values()) == 2, (options, counts)
assert "commentCount" not in table.all(max_records=1)[0]
second.delete()
assert second.deleted and [one.id for one in table.comments(commented)] == [comment.id]
for n in range(103):
    table.add_comment(made[16]["id"], f"No. {n}")
assert [one.text for one in table.comments(made[16]["id"])] == [f"No. {n}" for n in reversed(range(103))]


# Sort by two keys, page with a filter, replace a batch, refuse what does not fit.
mixed = table.all(sort=["Pages", "-Title"], fields=["Title", "Pages"], formula="{Pages} <= 130")
pages_and_titles = [(record["fields"].get("Pages", 0), record["fields"]["Title"]) for record in mixed]
# Numbers within text are ordered as numbers: "Book 9" comes before "Book 10".
numbered = sorted(pages_and_titles, key=lambda pair: re.sub(r"\d+", lambda n: n[0].zfill(9), pair[1]), reverse=True)
assert len(mixed) == 15 and pages_and_titles == sorted(numbered, key=lambda pair: pair[0]), pages_and_titles
pages = [[record["fields"]["Title"] for record in page]
         for page in table.iterate(page_size=4, formula="{Pages} >= 120", sort=["-Pages"])]
assert [len(page) for page in pages] == [4, 4, 4, 1] and pages[0][0] == "Book 24" and pages[3] == ["Book 12"], pages
replaced = table.batch_update([{"id": made[n]["id"], "fields": {"Title": f"New {n}"}} for n in range(12)], replace=True)
assert [record["fields"] for record in replaced] == [{"Title": f"New {n}"} for n in range(12)]
for wrong, name in [({"Nope": 1}, "UNKNOWN_FIELD_NAME"), ({"Pages": "many"}, "INVALID_VALUE_FOR_COLUMN")]:
    try:
        table.create(wrong)
    except requests.HTTPError as error:
        assert error.response.status_code == 422 and error.response.json()["error"]["type"] == name, error
    else:
        raise AssertionError(f"{wrong} was written")
try:
    table.get("rec00000000000000")
except requests.HTTPError as error:
    assert error.response.status_code == 404, error
else:
    raise AssertionError("a record that is not there was got")
assert [one.name for one in api.bases()] and base.name == "Library"

# Upserts: by id, by a field, and anew; what is blank matches nothing.
shelves = base.create_table("Shelves", [{"name": "Text", "type": "singleLineText"}, {"name": "Num", "type": "number", "options": {"precision": 0}}])
one, two = base.table("Shelves").batch_create([{"Text": "One", "Num": 1}, {"Text": "Two", "Num": 2}])
shelves = base.table("Shelves")
result = shelves.batch_upsert(
    [{"id": one["id"], "fields": {"Num": 3}}, {"fields": {"Text": "Two", "Num": 4}}, {"fields": {"Text": "Three", "Num": 5}}],
    key_fields=["Text"],
)
assert set(result["updatedRecords"]) == {one["id"], two["id"]} and len(result["createdRecords"]) == 1, result
assert [record["fields"] for record in result["records"]] == \
    [{"Text": "One", "Num": 3}, {"Text": "Two", "Num": 4}, {"Text": "Three", "Num": 5}]
result = shelves.batch_upsert(
    [{"id": one["id"], "fields": {"Num": 3}}, {"fields": {"Text": "Two"}}, {"fields": {"Text": None, "Num": 6}}, {"fields": {"Text": None, "Num": 7}}],
    key_fields=["Text"],
    replace=True,
)
assert len(result["createdRecords"]) == 2 and [record["fields"] for record in result["records"]] == \
    [{"Num": 3}, {"Text": "Two"}, {"Num": 6}, {"Num": 7}], result
many = shelves.batch_upsert([{"fields": {"Text": f"Row {n}", "Num": n}} for n in range(25)], key_fields=["Text"])
again = shelves.batch_upsert([{"fields": {"Text": f"Row {n}", "Num": -n}} for n in range(25)], key_fields=["Text"])
assert len(many["createdRecords"]) == 25 and not again["createdRecords"]
assert again["updatedRecords"] == many["createdRecords"]
shown = shelves.all(cell_format="string", time_zone="utc", user_locale="en-ie", formula="{Num} = 6")
assert [record["fields"] for record in shown] == [{"Num": "6"}], shown

authors = base.create_table("Authors", [{"name": "Name", "type": "singleLineText"}])
table.create_field("Author", "multipleRecordLinks", options={"linkedTableId": authors.id})
assert {"Books", "Authors", "Shelves"} == {one.name for one in base.tables(force=True)}


class Author(Model):
    name = fields.TextField("Name")

    class Meta:
        api_key = token
        base_id = base.id
        table_name = "Authors"


class Book(Model):
    title = fields.TextField("Title")
    pages = fields.IntegerField("Pages")
    read = fields.CheckboxField("Read")
    bought = fields.DateField("Bought")
    genre = fields.SelectField("Genre")
    author = fields.SingleLinkField("Author", Author)

    class Meta:
        api_key = token
        base_id = base.id
        table_name = "Books"


Book.meta.__dict__["api"] = Author.meta.__dict__["api"] = api
jane = Author(name="Jane")
assert jane.save().created
book = Book(title="Emma", pages=474, bought=datetime.date(2026, 5, 1), genre="Novel", author=jane)
assert book.save().created
book.read = True
assert book.save().updated
assert Book.from_id(book.id).bought == datetime.date(2026, 5, 1)
assert Book.from_id(book.id).author.name == "Jane"
assert [other.title for other in Book.from_ids([made[15]["id"], book.id])] == ["Book 15", "Emma"]
assert [one.title for one in Book.all(formula="{Pages} > 200", sort=["-Pages"])] == \
    ["Emma", "Book 24", "Book 23", "Book 22", "Book 21"]
assert Book.first(formula=formulas.match({"Genre": "Novel"})).id == book.id
more = [Book(title=f"Part {n}", pages=n) for n in range(12)]
Book.batch_save(more)
assert all(one.id for one in more) and len(Book.all(formula="FIND('Part', {Title})")) == 12
for one in more:
    one.pages += 1_000
Book.batch_save(more)
assert [one.pages for one in Book.all(formula="{Pages} >= 1000", sort=["Pages"])] == [1_000 + n for n in range(12)]
book.pages = 0
book.fetch()
assert book.pages == 474
Book.batch_delete(more)
assert book.delete() and jane.delete()

deleted = table.batch_delete([record["id"] for record in made])
assert len(deleted) == 25 and all(record["deleted"] for record in deleted)
assert [record["id"] for record in table.all()] == [created["id"]]

# Views: Airtable's API lists, uses and deletes them; making one is a door of the house.
table.batch_create([{"Title": f"Tale {n}", "Pages": n} for n in range(6)])
view = {
    "name": "Tales",
    "filter": {"and": [{"field": "Title", "op": "starts_with", "value": "tale"}, {"field": "Pages", "op": ">", "value": 1}]},
    "sorts": [{"field": "Pages", "direction": "desc"}],
    "hiddenFields": ["Read", "Bought"],
}
response = requests.post(
    f"{url}/api/v1/bases/{base.id}/tables/Books/views", json=view, headers={"Authorization": f"Bearer {token}"}
)
assert response.status_code == 201, response.text
schema = base.schema(force=True).table("Books")
tales = schema.view("Tales")
assert tales.type == "grid" and tales.id == response.json()["id"]
hidden = {schema.field(name).id for name in ("Read", "Bought")}
assert tales.visible_field_ids == [one.id for one in schema.fields if one.id not in hidden]
for name in ("Tales", tales.id):
    assert [record["fields"]["Pages"] for record in table.all(view=name)] == [5, 4, 3, 2]
assert [record["fields"]["Pages"] for record in table.all(view="Tales", sort=["Pages"], formula="{Pages} < 5")] == [2, 3, 4]
assert [len(page) for page in table.iterate(view="Tales", page_size=3)] == [3, 1]
tales.delete()
assert [one.name for one in base.schema(force=True).table("Books").views] == ["Grid view"]
try:
    table.all(view="Tales")
except requests.HTTPError as error:
    assert error.response.json()["error"]["type"] == "VIEW_NAME_NOT_FOUND", error
else:
    raise AssertionError("a view that was deleted lists records")

# The base as a whole.
people = base.collaborators()
assert (people.id, people.name, people.workspace_id) == (base.id, "Library", workspace_id)
assert people.permission_level == "create" and people.created_time.tzinfo

# People and their roles.
owner = api.whoami()["id"]
assert [(one.user_id, one.permission_level) for one in people.individual_collaborators.via_workspace] == [(owner, "owner")]
assert people.individual_collaborators.via_base == [] and people.group_collaborators.via_workspace == []
response = requests.post(
    f"{url}/api/v1/users", json={"email": "dora@example.org", "role": "readOnly"}, headers={"Authorization": f"Bearer {token}"}
)
assert response.status_code == 201, response.text
dora, hers = response.json()["id"], Api(response.json()["token"], endpoint_url=url)


def dora_in_base():
    held = base.collaborators(force=True).individual_collaborators.via_base
    return [(one.email, one.permission_level, one.granted_by_user_id) for one in held if one.user_id == dora]


people.add_user(dora, "edit")
assert dora_in_base() == [("dora@example.org", "edit", owner)]
assert hers.base(base.id, validate=True).permission_level == "edit"
people.update(dora, "create")
assert dora_in_base() == [("dora@example.org", "create", owner)]
people.remove(dora)
assert dora_in_base() == []
workspace = api.workspace(workspace_id)
assert workspace.name == "My workspace" and base.id in [one.id for one in workspace.bases()]
members = workspace.collaborators()
assert members.restrictions.invite_creation == "onlyOwners"
members.update(dora, "comment")
members = workspace.collaborators(force=True)
held = {one.user_id: one.permission_level for one in members.individual_collaborators.via_workspace}
assert held == {owner: "owner", dora: "comment"}, held

# The tenant as an enterprise account.
people.add_user(dora, "edit")
answer = requests.get(f"{url}/api/v1/users", headers={"Authorization": f"Bearer {token}"}).json()
enterprise = api.enterprise(answer["enterpriseAccountId"])
info = enterprise.info(aggregated=True, descendants=True)
assert info.id == info.root_enterprise_id == enterprise.id and enterprise.id.startswith("ent")
assert info.user_ids == info.aggregated.user_ids and set(info.user_ids) >= {owner, dora}
assert info.workspace_ids == [workspace_id] and info.group_ids == info.email_domains == []
assert info.descendant_enterprise_ids == [] and info.descendants == {}
about = enterprise.user("Dora@example.org")
assert (about.id, about.name, about.state, about.is_admin, about.is_managed) == (dora, "dora", "provisioned", False, True)
assert about.collaborations.workspaces[workspace_id].permission_level == "comment"
assert about.collaborations.bases[base.id].permission_level == "edit"
assert about.collaborations.bases[base.id].granted_by_user_id == owner and about.created_time.tzinfo
both = enterprise.users([dora, owner, "dora@example.org", "usr00000000000000"], collaborations=False)
assert {one.id: (one.is_admin, bool(one.collaborations)) for one in both} == {dora: (False, False), owner: (True, False)}
people.remove(dora)
pages = list(enterprise.audit_log(page_size=5, user_id=owner, category=["collaborators", "users"]))
events = [event for page in pages for event in page.events]
assert {event.actor.user.id for event in events} == {owner} and events[0].timestamp >= events[-1].timestamp
assert [(event.action, event.object_id) for event in events[:2]] == [("collaborators.remove", dora), ("collaborators.add", dora)]
assert events[1].payload == {"permissionLevel": "edit"} and events[1].context.base_id == base.id
assert events[0].origin.ip_address == "127.0.0.1" and "python" in events[0].origin.user_agent
assert len({event.id for event in events}) == len(events) > len(pages[0].events)
for refused in [lambda: enterprise.access_tokens(), lambda: hers.enterprise(enterprise.id).info()]:
    try:
        refused()
    except requests.HTTPError as error:
        assert error.response.status_code in (403, 404), error
    else:
        raise AssertionError("an enterprise account answers what it does not know")
members.remove(dora)
assert hers.bases(force=True) == []
members.add_user(dora, "read")
assert [one.id for one in hers.bases(force=True)] == [base.id]
members.remove(dora)
try:
    members.remove(owner)
except requests.HTTPError as error:
    assert error.response.status_code == 409, error
else:
    raise AssertionError("a workspace was left without an owner")
assert base.shares() == []
view = base.schema(force=True).tables[0].views[0].id
head = {"Authorization": f"Bearer {token}"}
made = requests.post(f"{url}/api/v1/bases/{base.id}/shares", headers=head, json={"type": "view", "viewId": view}).json()
(share,) = base.shares(force=True)
assert (share.share_id, share.type, share.view_id, share.state) == (made["shareId"], "view", view, "enabled")
assert not share.is_password_protected and share.created_by_user_id == owner
assert requests.get(made["url"]).status_code == 200
share.disable()
assert requests.get(made["url"]).status_code == 404 and base.shares(force=True)[0].state == "disabled"
share.enable()
assert requests.get(made["url"]).status_code == 200
share.delete()
assert requests.get(made["url"]).status_code == 404 and base.shares(force=True) == []
base.delete()
assert base.id not in {one.id for one in api.bases(force=True)}
try:
    table.all()
except requests.HTTPError as error:
    assert error.response.status_code == 403, error
else:
    raise AssertionError("a base that was deleted lists records")
print("pyairtable: ok")
